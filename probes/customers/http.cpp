// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/streams.h"
#include "probes/session/web.h"

namespace interregnum {
namespace {

using record::Outcome;

/// Fetches a page of a real shop front. It is good when its status and its body are as expected;
/// any other is "http_status" or "http_body".
class Http final : public Customer {
public:
    Http(std::string url, record::Connection connection, Options const& options)
        : status_(options.integer("status")),
          contains_(options.has("contains") ? options.text("contains") : ""),
          client_(std::move(url), connection == record::Connection::kept) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        WebAnswer answer;
        Ending ending = client_.get(deadline, answer);
        OutcomeClass judgement = judge_web(ending);
        if (judgement.outcome == Outcome::ok) {
            ending.detail = wrong_with_answer(answer, status_, contains_);
            if (!ending.detail.empty())
                judgement = {Outcome::failed,
                             answer.status == status_ ? "http_body" : "http_status"};
        }
        fill_attempt(attempt, ending, judgement);
        if (attempt.outcome != Outcome::ok) client_.close();
    }

    void redial(Instant /*deadline*/) override { client_.close(); }

private:
    std::int64_t status_;
    std::string contains_;
    WebClient client_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& /*context*/) {
    if (!options.has("urls"))
        return fail(Error::Kind::invalid,
                    R"(expected the pages to fetch: "urls": ["https://shop.example/"])");
    std::vector<Endpoint> pages;
    for (std::string const& url : options.words("urls")) {
        if (std::string const wrong = wrong_with_url(url); !wrong.empty())
            return fail(Error::Kind::invalid, fmt::format("urls: {}: {}", url, wrong));
        pages.push_back({.entry = url});
    }
    auto const count = static_cast<double>(pages.size());
    return plan_streams({.list = "urls",
                         .service = record::Service::http,
                         .entries = std::move(pages),
                         .rate_per_s = options.rate_per_s("rate") * count,
                         .modes = modes_of(options.text("connections")),
                         .deadline = options.duration("deadline"),
                         .storm = storm_of(options)});
}

std::unique_ptr<Customer> customer(Options const& options, ProbeContext const& /*context*/,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int /*index*/) {
    return std::make_unique<Http>(entry.entry, stream.connection, options);
}

RegisterProbe const registered{{
    .name = "http",
    .summary = "fetches pages of a real shop front and checks status and body",
    .role = ProbeKind::Role::customer,
    .options = {{.name = "urls", .type = OptionType::words, .doc = "the pages, as a list of URLs"},
                {.name = "rate",
                 .type = OptionType::rate,
                 .fallback = "5/s",
                 .doc = "fetches a second of each page in each connection mode"},
                {.name = "status",
                 .type = OptionType::integer,
                 .fallback = "200",
                 .doc = "the status of a good answer",
                 .at_least = 100,
                 .at_most = 599},
                {.name = "contains",
                 .type = OptionType::text,
                 .doc = "what the body of a good answer contains (of its first MiB)"},
                connections_option("fresh"),
                storm_option(),
                deadline_option()},
    .streams = streams,
    .customer = customer,
    .by_default = false,
}};

}  // namespace
}  // namespace interregnum
