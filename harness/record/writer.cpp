// SPDX-License-Identifier: MIT
#include "harness/record/writer.h"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/record/codec.h"

namespace interregnum::record {
namespace {

// Events that may wait for the disk: minutes of a usual run, some tens of MB at most.
constexpr std::size_t queue_limit = 65'536;

constexpr std::chrono::seconds flush_limit{60};

// All of `line` with as few write(2) as the kernel allows (one, on a disk with room).
Status append(int file, std::string_view line) {
    while (!line.empty()) {
        ssize_t const count = ::write(file, line.data(), line.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            return fail(Error::Kind::failed,
                        fmt::format("cannot write the run record: {}", std::strerror(errno)));
        line.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

}  // namespace

struct Writer::State {
    int file{-1};
    std::mutex mutex;
    std::condition_variable work;  // something was queued, or the end
    std::condition_variable done;  // something left the queue
    std::deque<Event> queue;
    std::optional<Error> error;
    bool busy{};    // the thread holds an event that is not written yet
    bool waited{};  // the queue was full; told in the record once
    bool closing{};
    std::thread thread;

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            work.wait(lock, [this] { return closing || !queue.empty(); });
            if (queue.empty()) return;
            Event const event = std::move(queue.front());
            queue.pop_front();
            // After an error nothing more is written: the broken line stays the last one, so
            // that the record up to it can be read.
            bool const sound = !error;
            busy = true;
            lock.unlock();
            Status const written = sound ? append(file, to_line(event) + '\n') : Status{};
            lock.lock();
            busy = false;
            if (!written) error = written.error();
            done.notify_all();
        }
    }
};

Result<std::unique_ptr<Writer>> Writer::create(std::string const& path) {
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0)
        return fail(Error::Kind::failed,
                    fmt::format("cannot create the run record {}: {}", path, std::strerror(errno)));
    auto state = std::make_unique<State>();
    state->file = file;
    State* const shared = state.get();
    state->thread = std::thread([shared] { shared->run(); });
    return std::unique_ptr<Writer>(new Writer(std::move(state)));
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Writer::~Writer() {
    {
        std::scoped_lock const lock(state_->mutex);
        state_->closing = true;
    }
    state_->work.notify_all();
    state_->thread.join();
    ::close(state_->file);
}

void Writer::write(Event event) {
    std::unique_lock lock(state_->mutex);
    if (state_->queue.size() >= queue_limit) {
        state_->done.wait(lock, [this] { return state_->queue.size() < queue_limit; });
        if (!state_->waited) {
            state_->waited = true;
            state_->queue.emplace_back(Note{
                .effect = Note::Effect::inconclusive,
                .text = fmt::format("the disk was too slow for the run record: {} events waited, "
                                    "and the customers with them",
                                    queue_limit)});
        }
    }
    state_->queue.push_back(std::move(event));
    lock.unlock();
    state_->work.notify_one();
}

Status Writer::flush() {
    std::unique_lock lock(state_->mutex);
    if (!state_->done.wait_for(lock, flush_limit,
                               [this] { return state_->queue.empty() && !state_->busy; }))
        return fail(Error::Kind::timeout,
                    fmt::format("the run record could not be written within {} s: {} events still "
                                "wait for the disk",
                                flush_limit.count(), state_->queue.size()));
    if (state_->error) return std::unexpected(*state_->error);
    lock.unlock();
    if (::fdatasync(state_->file) != 0 && errno != EINVAL)  // EINVAL: a pipe or the like
        return fail(Error::Kind::failed,
                    fmt::format("cannot sync the run record: {}", std::strerror(errno)));
    return {};
}

}  // namespace interregnum::record
