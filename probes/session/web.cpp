// SPDX-License-Identifier: MIT
#include "probes/session/web.h"

#include <algorithm>
#include <cerrno>
#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>

namespace interregnum {

struct WebClient::State {
    CURL* curl{};
};

namespace {

constexpr std::size_t body_limit = 1U << 20U;

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto* body = static_cast<std::string*>(user);
    std::size_t const bytes = size * count;
    body->append(data, std::min(bytes, body_limit - std::min(body_limit, body->size())));
    return bytes;  // more than is kept is read and dropped: the page is fetched whole
}

EndCause cause_of(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return EndCause::unreachable;
        case CURLE_OPERATION_TIMEDOUT:
            return EndCause::deadline;
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_PARTIAL_FILE:
            return EndCause::closed;
        default:
            return EndCause::protocol;
    }
}

/// Whether there was a session on which the request could be sent: a new one or one that was kept.
/// Else nothing of it can have arrived.
bool was_connected(CURL* curl) {
    curl_off_t ready_us = 0;
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    return ready_us > 0;
}

/// Why nobody was reached.
EndCause connect_cause(CURL* curl) {
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &code);
    return code == EHOSTUNREACH || code == ENETUNREACH ? EndCause::unreachable : EndCause::refused;
}

}  // namespace

WebClient::WebClient(std::string url, bool keep)
    : url_(std::move(url)), keep_(keep), state_(std::make_unique<State>()) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

WebClient::~WebClient() { close(); }

void WebClient::close() {
    if (state_->curl != nullptr) curl_easy_cleanup(state_->curl);
    state_->curl = nullptr;
}

Ending WebClient::get(Instant deadline, WebAnswer& answer) {
    if (state_->curl == nullptr) state_->curl = curl_easy_init();
    CURL* const curl = state_->curl;
    if (curl == nullptr)
        return {.phase = RequestPhase::connecting,
                .cause = EndCause::closed,
                .detail = "libcurl gave no handle"};
    answer = {};
    // libcurl counts whole milliseconds, and takes 0 for no limit.
    long const timeout_ms = std::max<long>(
        1, static_cast<long>((deadline - SteadyClock{}.now()) / std::chrono::milliseconds(1)));
    curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "interregnum");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_DNS_CACHE_TIMEOUT, 0L);  // a failover may move the name
    // Else a resolver that is silent is waited for to its own end, far beyond the deadline.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, keep_ ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, keep_ ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    CURLcode const code = curl_easy_perform(curl);
    Ending ending;
    if (code == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        answer.status = static_cast<int>(status);
        return ending;
    }
    ending.phase = was_connected(curl) ? RequestPhase::sent : RequestPhase::connecting;
    ending.cause = code == CURLE_COULDNT_CONNECT ? connect_cause(curl) : cause_of(code);
    ending.detail = curl_easy_strerror(code);
    close();
    return ending;
}

std::string wrong_with_url(std::string const& url) {
    std::size_t from = 0;
    for (std::string_view const scheme : {"http://", "https://"})
        if (url.starts_with(scheme)) from = scheme.size();
    if (from == 0) return "expected a URL that begins with http:// or https://";
    std::string const host = url.substr(from, url.find_first_of("/?#", from) - from);
    if (host.empty()) return "the URL names no host";
    if (host.contains('@')) return "a user and password in a URL would end up in the record";
    bool const plain = std::ranges::all_of(
        url, [](unsigned char letter) { return letter > 0x20 && letter < 0x7F; });
    return plain ? "" : "a URL has no spaces, control characters or letters beyond ASCII";
}

std::string wrong_with_answer(WebAnswer const& answer, std::int64_t status,
                              std::string const& text) {
    if (answer.status != status)
        return fmt::format("expected status {}, got {}", status, answer.status);
    if (!answer.body.contains(text))
        return fmt::format("expected \"{}\" in the body of {} bytes", text, answer.body.size());
    return {};
}

OutcomeClass judge_web(Ending const& ending) {
    OutcomeClass judged = judge_redis(ending);
    if (judged.outcome == record::Outcome::unknown) judged.outcome = record::Outcome::failed;
    return judged;
}

}  // namespace interregnum
