// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"
#include "enrichers/text/substitute.h"
#include "net/http/client.h"
#include "net/http/recording.h"
#include "net/http/url.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

void urls(std::string_view input) {
  if (auto url = net::http::parse_url(input)) {
    std::string written = net::http::to_string(url.value());
    auto again = net::http::parse_url(written);
    expect(again && net::http::to_string(again.value()) == written, "a URL written again is the same");
    expect(net::http::origin(again.value()) == net::http::origin(url.value()), "and leads to the same server");
  }
  auto decoded = net::http::percent_decode(net::http::percent_encode(input));
  expect(decoded && decoded.value() == input, "what is encoded can be decoded");
  auto query = net::http::parse_query(input);
  expect(net::http::parse_query(net::http::build_query(query)) == query, "a form written again is the same");
}

void times(std::string_view input) {
  if (auto time = base::parse_rfc3339(input); time && time.value()) {
    auto again = base::parse_rfc3339(base::to_rfc3339(*time.value()));
    expect(again && again.value() == time.value(), "a time written again is the same");
  }
  if (auto duration = base::parse_duration(input)) {
    auto again = base::parse_duration(base::to_string(duration.value()));
    // Written to the millisecond.
    expect(again && base::to_string(again.value()) == base::to_string(duration.value()),
           "a duration written again is the same");
  }
}

void answers(std::string_view input) {
  std::string text(input);
  for (int status : {200, 302, 429, 503}) {
    net::http::classify({status, {{"Retry-After", text}, {"Content-Type", text}}, text}).has_value();
  }
  if (auto exchange = net::http::decode_exchange(input)) {
    std::string written = encode(exchange.value());
    auto again = net::http::decode_exchange(written);
    expect(again && encode(again.value()) == written, "an exchange written again is the same");
  }
}

}  // namespace

void text(std::string_view input) {
  urls(input);
  times(input);
  answers(input);
  enrichers::substitute(input, [](std::string_view name) { return std::optional<std::string>(name); });
}

}  // namespace fuzz
