// SPDX-License-Identifier: MIT
#include <array>
#include <future>

#include <fmt/format.h>
#include <sys/stat.h>

#include "harness/base/units.h"
#include "harness/lab/disk.h"
#include "harness/lab/files.h"
#include "harness/lab/gucs.h"
#include "harness/lab/health.h"
#include "harness/lab/image.h"
#include "harness/lab/inventory_file.h"
#include "harness/lab/lab.h"
#include "harness/lab/network.h"
#include "harness/lab/node_process.h"
#include "harness/lab/programs.h"
#include "harness/lab/remove.h"
#include "harness/lab/secrets.h"
#include "harness/lab/state.h"
#include "harness/lab/supervisor.h"

namespace interregnum {
namespace {

Status make_state_dir(LabSettings const& settings) {
    std::string const folder(lab_state_dir);
    if (Status made = make_folder(folder); !made) return made;
    // Keys and passwords are inside; its files have modes of their own as well.
    if (chmod(folder.c_str(), 0700) != 0) return fail_errno("cannot protect " + folder);
    return write_lab_state({.up = false,
                            .settings = settings.lines(),
                            .synchronous = settings.values.flag("patroni.synchronous_mode")});
}

Status prepare_node(LabNode const& node, Image const& image, LabSettings const& settings,
                    LabSecrets const& secrets, std::stop_token const& stop) {
    if (Status made = make_disk(node, image.root, settings); !made) return made;
    auto const files = node_config({.node = node, .settings = settings, .secrets = secrets});
    if (Status put = write_node_files(node, files); !put) return put;
    return plug_in(node, stop);
}

Status boot_all(bool db, std::stop_token const& stop) {
    std::vector<std::future<Status>> boots;
    for (LabNode const& node : lab_nodes()) {
        if (node.is_db != db) continue;
        boots.push_back(std::async(std::launch::async, [&node, stop]() -> Status {
            auto const booted = boot_node(node, stop);
            if (!booted) return std::unexpected(booted.error());
            return {};
        }));
    }
    Status all;
    for (auto& boot : boots)
        if (Status const one = boot.get(); !one) all = one;
    return all;
}

/// What defects do by SQL.
Status run_defects_sql(LabSettings const& settings, LabSecrets const& secrets,
                       std::stop_token const& stop) {
    for (Defect const* defect : settings.defects) {
        if (defect->sql.empty()) continue;
        LabHealth const health =
            ask_health(settings.values.flag("patroni.synchronous_mode"), secrets.redis.reveal());
        auto const done =
            lab_exec(health.leader,
                     {.argv = {"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U",
                               "postgres", "-d", "drill", "-c", std::string(defect->sql)},
                      .timeout = std::chrono::seconds(10)},
                     stop);
        std::string const where = fmt::format("--defect {}", defect->name);
        if (!done) return fail_in(where, done.error());
        if (done->exit_status != 0)
            return fail(Error::Kind::failed, fmt::format("{}: psql: {}", where, done->err));
    }
    return {};
}

/// Everything from the empty state directory to a healthy cluster.
Status start(LabSettings const& settings, Image const& image, std::string const& program,
             LabProgress const& progress, std::stop_token const& stop) {
    if (Status made = make_state_dir(settings); !made) return made;
    auto const secrets = make_lab_secrets();
    if (!secrets) return std::unexpected(secrets.error());
    if (Status made = make_switch(stop); !made) return made;
    for (LabNode const& node : lab_nodes())
        if (Status ready = prepare_node(node, image, settings, *secrets, stop); !ready)
            return ready;
    progress("booting db1 db2 db3");
    if (Status booted = boot_all(true, stop); !booted) return booted;
    if (Status elected = wait_for_leader(progress, stop); !elected) return elected;
    // Only now: a HAProxy that first saw every server down would want two good checks of each.
    progress("booting app1 app2");
    if (Status booted = boot_all(false, stop); !booted) return booted;
    if (Status healthy = wait_until_healthy(settings, secrets->redis.reveal(), progress, stop);
        !healthy)
        return healthy;
    if (Status seeded = run_defects_sql(settings, *secrets, stop); !seeded) return seeded;
    if (Status started = start_supervisor(program); !started) return started;
    if (Status put = write_file(lab_path::inventory(), lab_inventory_text(), 0644); !put)
        return put;
    return write_lab_state({.up = true,
                            .settings = settings.lines(),
                            .synchronous = settings.values.flag("patroni.synchronous_mode")});
}

std::unexpected<Error> fail_and_remove(Error error, LabProgress const& progress) {
    progress("removing what was started");
    for (std::string const& left : remove_lab())
        error.message += "; and could not be removed: " + left;
    return std::unexpected(std::move(error));
}

}  // namespace

Result<LabUp> lab_up(LabSettings const& settings, std::string const& program,
                     LabProgress const& progress, std::stop_token stop) {
    if (Status able = check_machine(all_disks_bytes(settings)); !able)
        return std::unexpected(able.error());
    auto const lock = LabLock::take();
    if (!lock) return std::unexpected(lock.error());
    auto const state = read_lab_state();
    if (state && state->up) {
        if (state->settings != settings.lines())
            return fail(Error::Kind::invalid,
                        "the lab is up with other settings: `interregnum lab down` first");
        if (Status runs = start_supervisor(program); !runs) return std::unexpected(runs.error());
        return LabUp::already_up;
    }
    for (std::string const& warning : settings.warnings()) progress("warning: " + warning);
    for (Defect const* defect : settings.defects)
        progress(fmt::format("defect on purpose: {}: {}", defect->name, defect->summary));
    // By name, whatever a killed run left; nothing at all, normally.
    if (auto const left = remove_lab(); !left.empty())
        return fail(Error::Kind::failed, "an earlier lab is in the way: " + left.front());
    auto const image = provide_image(progress, stop);
    if (!image) return std::unexpected(image.error());
    if (Status good = check_gucs(settings, image->guc_table); !good)
        return std::unexpected(good.error());
    SteadyClock const clock;
    Instant const started = clock.now();
    if (Status up = start(settings, *image, program, progress, stop); !up)
        return fail_and_remove(up.error(), progress);
    progress(fmt::format("healthy after {}", format_seconds(clock.now() - started)));
    return LabUp::started;
}

}  // namespace interregnum
