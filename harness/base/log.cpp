// SPDX-License-Identifier: MIT
#include "harness/base/log.h"

#include <memory>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace interregnum::log {

namespace {

spdlog::logger& logger() {
    static std::shared_ptr<spdlog::logger> const shared = [] {
        auto people = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        people->set_level(spdlog::level::info);
        auto made = std::make_shared<spdlog::logger>("interregnum", std::move(people));
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
        made->set_level(spdlog::level::debug);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *shared;
}

void write(spdlog::level::level_enum level, std::string_view event, std::string_view text) {
    logger().log(level, "{} {}", event, text);
}

}  // namespace

void set_verbose(bool verbose) {
    logger().sinks().front()->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
}

void also_to_file(std::string const& path) {
    auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    file->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    logger().sinks().push_back(std::move(file));
}

void debug(std::string_view event, std::string_view text) {
    write(spdlog::level::debug, event, text);
}
void info(std::string_view event, std::string_view text) {
    write(spdlog::level::info, event, text);
}
void warn(std::string_view event, std::string_view text) {
    write(spdlog::level::warn, event, text);
}
void error(std::string_view event, std::string_view text) {
    write(spdlog::level::err, event, text);
}

}  // namespace interregnum::log
