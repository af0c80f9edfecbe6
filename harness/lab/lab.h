// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/process.h"
#include "harness/base/result.h"
#include "harness/lab/settings.h"

namespace interregnum {

/// Told one line about what is being done; called from the thread that called the lab.
using LabProgress = std::function<void(std::string_view)>;

/// The inventory of the lab that is up on this machine, or nothing. A lab that is being brought
/// up or taken down does not count.
[[nodiscard]] std::optional<std::string> running_lab();

/// What is wrong on purpose with the lab that is up; nothing when none is.
[[nodiscard]] std::vector<Defect const*> running_defects();

/// Moves the calling thread, and the threads it starts from then on, into the lab's network, from
/// where the nodes can be reached. To be called before any other thread is started. Sockets that
/// are open stay where they are.
[[nodiscard]] Status enter_lab_network();

enum class LabUp {
    started,     ///< it was not there, and is healthy now
    already_up,  ///< it was up with the same settings; nothing was touched
};

/// Brings the lab up and waits until all of it is healthy. Builds the image when there is none
/// for this recipe. What an unfinished or killed `lab_up` left behind is removed first; on any
/// failure, and when `stop` is requested (error kind `stopped`), everything is removed again.
/// A lab that is up with other settings is an error of kind `invalid`. `program` is the path of
/// this program, which the lab runs as its supervisor (supervisor.h).
[[nodiscard]] Result<LabUp> lab_up(LabSettings const& settings, std::string const& program,
                                   LabProgress const& progress, std::stop_token stop);

/// Boots nodes of the lab again that reboot; returns when the lab is gone. The supervisor's verb.
[[nodiscard]] Status supervise_lab();

/// Removes the lab: processes, network, mounts, cgroups, files (not the cached image). Works by
/// name, so also after a crash and when there is nothing to remove. Returns what could not be
/// removed, one sentence each: empty is success.
[[nodiscard]] Result<std::vector<std::string>> lab_down(LabProgress const& progress);

/// What of a lab is on this machine now, up or half removed: processes, cgroups, namespaces,
/// folders. Empty after a good `lab_down`.
[[nodiscard]] std::vector<std::string> lab_leftovers();

/// The node loses power: its line is cut, then its process 1 is killed, and with it everything in
/// it at once; its peers hear nothing more from it. Its disk stays as it is. Fine when it is off.
[[nodiscard]] Status lab_power_off(std::string_view node);

/// Boots a node that is off, from its disk. Returns when it has a process 1; its services come up
/// after that. Fine when it is on; one that is still stopping is waited for.
[[nodiscard]] Status lab_power_on(std::string_view node);

/// The argv prefix (nsenter and the like) that runs a command inside a node as root.
[[nodiscard]] Result<std::vector<std::string>> lab_exec_prefix(std::string_view node);

/// Runs a command as root inside a node.
[[nodiscard]] Result<LocalResult> lab_exec(std::string_view node, LocalCommand command,
                                           std::stop_token stop = {});

/// The lab in a few lines for people: nodes on or off, leader, masters, what is not healthy.
[[nodiscard]] Result<std::string> lab_status();

}  // namespace interregnum
