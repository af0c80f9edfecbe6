// SPDX-License-Identifier: MIT
#include "harness/cluster/http.h"

#include <memory>
#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace interregnum {

namespace {

struct Body {
    std::string text;
    std::size_t limit{};
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto* body = static_cast<Body*>(user);
    std::size_t const bytes = size * count;
    if (body->text.size() + bytes > body->limit) return 0;  // makes curl fail with WRITE_ERROR
    body->text.append(data, bytes);
    return bytes;
}

int stop_asked(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::stop_token*>(user)->stop_requested() ? 1 : 0;
}

Error::Kind kind_of(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_CONNECT:
        case CURLE_COULDNT_RESOLVE_HOST:
            return Error::Kind::unreachable;
        case CURLE_OPERATION_TIMEDOUT:
            return Error::Kind::timeout;
        case CURLE_ABORTED_BY_CALLBACK:
            return Error::Kind::stopped;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
            return Error::Kind::refused;
        default:
            return Error::Kind::protocol;
    }
}

std::string url_of(HttpRequest const& request) {
    bool const v6 = request.host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}{}", request.tls ? "https" : "http", v6 ? "[" : "",
                       request.host, v6 ? "]" : "", request.port, request.path);
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void set_security(CURL* curl, HttpRequest const& request) {
    if (!request.cacert.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.cacert.c_str());
    if (!request.cert.empty()) curl_easy_setopt(curl, CURLOPT_SSLCERT, request.cert.c_str());
    if (!request.key.empty()) curl_easy_setopt(curl, CURLOPT_SSLKEY, request.key.c_str());
    if (!request.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.reveal().c_str());
    }
}

/// A request that is ready to go, with all that must live as long as it.
struct Prepared {
    std::string url;
    Headers headers{nullptr, &curl_slist_free_all};
    Handle curl{nullptr, &curl_easy_cleanup};
};

long milliseconds(Duration span) {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

/// `request` and `stop` must outlive what comes back; `curl` is null when libcurl gave no handle.
Prepared prepare(HttpRequest const& request, Duration connect_limit, std::stop_token& stop) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    Prepared ready;
    ready.url = url_of(request);
    ready.headers.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
    ready.curl.reset(curl_easy_init());
    CURL* const curl = ready.curl.get();
    if (curl == nullptr) return ready;
    curl_easy_setopt(curl, CURLOPT_URL, ready.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds(request.timeout));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(connect_limit));
    // Else a resolver that is silent is waited for to its own end, far beyond the limits.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &stop_asked);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
    if (!request.body.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, ready.headers.get());
    }
    set_security(curl, request);
    return ready;
}

int status_of(CURL* curl) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

/// Bounds for how long the kernel waits for a peer's kernel: of data, and of keepalives.
int give_up_soon(void* /*user*/, curl_socket_t socket, curlsocktype /*purpose*/) {
    constexpr unsigned limit_ms = 3000;
    static_cast<void>(
        setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms));
    return CURL_SOCKOPT_OK;
}

/// Where the pieces of a stream go.
struct Taker {
    std::function<bool(std::string_view)> const* take;
    bool enough{};
};

std::size_t take_piece(char* data, std::size_t size, std::size_t count, void* user) {
    auto* taker = static_cast<Taker*>(user);
    taker->enough = !(*taker->take)(std::string_view(data, size * count));
    return taker->enough ? 0 : size * count;  // 0 ends it with WRITE_ERROR
}

}  // namespace

Result<HttpAnswer> http(HttpRequest const& request, std::stop_token stop) {
    Prepared const ready = prepare(request, request.timeout, stop);
    CURL* const curl = ready.curl.get();
    if (curl == nullptr) return fail(Error::Kind::failed, "libcurl gave no handle");
    Body body{.text = {}, .limit = request.size_limit};
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    CURLcode const code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        return fail(kind_of(code), fmt::format("{}: {}", ready.url, curl_easy_strerror(code)));
    }
    return HttpAnswer{.status = status_of(curl), .body = std::move(body.text)};
}

Result<int> http_stream(HttpRequest const& request, Duration connect_limit,
                        std::function<bool(std::string_view)> const& take, std::stop_token stop) {
    Prepared const ready = prepare(request, connect_limit, stop);
    CURL* const curl = ready.curl.get();
    if (curl == nullptr) return fail(Error::Kind::failed, "libcurl gave no handle");
    Taker taker{.take = &take};
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_piece);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taker);
    // A silent stream of a peer that is gone looks like one on which nothing happens.
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, 1L);
    curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, &give_up_soon);
    CURLcode const code = curl_easy_perform(curl);
    int const status = status_of(curl);
    bool const over =
        code == CURLE_OK || taker.enough || (code == CURLE_OPERATION_TIMEDOUT && status != 0);
    if (!over)
        return fail(kind_of(code), fmt::format("{}: {}", ready.url, curl_easy_strerror(code)));
    return status;
}

}  // namespace interregnum
