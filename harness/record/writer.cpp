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
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/record/codec.h"

namespace interregnum::record {
namespace {

// Events that may wait for the disk: minutes of a usual run, some tens of MB at most.
constexpr std::size_t queue_limit = 65'536;

constexpr std::chrono::seconds flush_limit{60};

// To wake a thread costs a customer more than its event. So after each write events gather for
// this long, unless somebody waits for them; a single one, after a pause, is written at once. No
// more of a record than this is lost with a controller that is killed.
constexpr std::chrono::milliseconds gathering{2};

// So many bytes of lines are given to one write(2).
constexpr std::size_t chunk = 65'536;

// All of `lines` with as few write(2) as the kernel allows (one, on a disk with room).
Status append(int file, std::string_view lines) {
    while (!lines.empty()) {
        ssize_t const count = ::write(file, lines.data(), lines.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            return fail(Error::Kind::failed,
                        fmt::format("cannot write the run record: {}", std::strerror(errno)));
        lines.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Status append(int file, std::deque<Event> const& events) {
    std::string lines;
    for (Event const& event : events) {
        lines += to_line(event);
        lines += '\n';
        if (lines.size() < chunk) continue;
        if (Status const written = append(file, lines); !written) return written;
        lines.clear();
    }
    return append(file, lines);
}

}  // namespace

struct Writer::State {
    int file{-1};
    std::mutex mutex;
    std::condition_variable work;  // the thread is to look: something was queued, or the end
    std::condition_variable done;  // something left the queue
    std::deque<Event> queue;
    std::size_t taken{};  // events that the thread holds and has not written yet
    std::optional<Error> error;
    bool idle{};     // the thread waits for a first event, and has to be woken for it
    bool waited{};   // the queue was full; told in the record once
    int flushing{};  // callers that wait for what is queued
    bool closing{};
    std::thread thread;

    [[nodiscard]] bool half_full() const { return queue.size() >= queue_limit / 2; }

    void run() {
        std::deque<Event> events;
        std::unique_lock lock(mutex);
        for (;;) {
            idle = true;
            work.wait(lock, [this] { return closing || !queue.empty(); });
            idle = false;
            if (queue.empty()) return;
            events.swap(queue);
            taken = events.size();
            // After an error nothing more is written: the broken line stays the last one, so
            // that the record up to it can be read.
            bool const sound = !error;
            lock.unlock();
            Status const written = sound ? append(file, events) : Status{};
            events.clear();
            lock.lock();
            taken = 0;
            if (!written) error = written.error();
            done.notify_all();
            work.wait_for(lock, gathering,
                          [this] { return closing || flushing > 0 || half_full(); });
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
    auto const room = [this] { return state_->queue.size() + state_->taken < queue_limit; };
    if (!room()) {
        state_->done.wait(lock, room);
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
    bool const wake = std::exchange(state_->idle, false) || state_->half_full();
    lock.unlock();
    if (wake) state_->work.notify_one();
}

Status Writer::flush() {
    std::unique_lock lock(state_->mutex);
    ++state_->flushing;
    state_->work.notify_one();
    bool const whole = state_->done.wait_for(
        lock, flush_limit, [this] { return state_->queue.empty() && state_->taken == 0; });
    --state_->flushing;
    if (!whole)
        return fail(Error::Kind::timeout,
                    fmt::format("the run record could not be written within {} s: {} events still "
                                "wait for the disk",
                                flush_limit.count(), state_->queue.size() + state_->taken));
    if (state_->error) return std::unexpected(*state_->error);
    lock.unlock();
    if (::fdatasync(state_->file) != 0 && errno != EINVAL)  // EINVAL: a pipe or the like
        return fail(Error::Kind::failed,
                    fmt::format("cannot sync the run record: {}", std::strerror(errno)));
    return {};
}

}  // namespace interregnum::record
