// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "net/http/redirect.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

using namespace net::http;

constexpr int kStatuses[] = {301, 302, 303, 307, 308};

void check(const Request& asked, const Request& next) {
  auto from = parse_url(asked.url);
  auto to = parse_url(next.url);
  expect(from && to, "a redirect leads from a URL to a URL");
  expect(from.value().scheme == "http" || to.value().scheme == "https", "never from https to http");
  if (origin(from.value()) == origin(to.value())) {
    expect(to.value().userinfo == from.value().userinfo, "the same server gets the same credentials");
    expect(next.is_elsewhere == asked.is_elsewhere, "it is not elsewhere");
    return;
  }
  expect(next.is_elsewhere, "another server is told apart");
  expect(to.value().userinfo.empty(), "another server gets no credentials");
  expect(find_header(next.headers, "Authorization").empty() && find_header(next.headers, "Cookie").empty(),
         "another server gets no headers that prove anything");
  expect(next.avoids_local || is_off_limits(from.value().host), "only what is here leads here");
  expect(!next.avoids_local || !is_off_limits(to.value().host), "what is elsewhere does not lead here");
}

}  // namespace

// A URL that is asked for, a line break, and where the answer leads.
void redirect(std::string_view input) {
  std::string_view url = input.substr(0, input.find('\n'));
  std::string_view location = input.substr(std::min(input.size(), url.size() + 1));
  Request asked;
  asked.url = std::string(url);
  asked.headers = {{"Authorization", "Bearer t"}, {"Cookie", "c"}, {"Accept", "*/*"}};
  for (int hop = 0; hop <= kMostRedirects; ++hop) {
    auto next = redirected(asked, {kStatuses[hop % 5], {{"Location", std::string(location)}}, ""}, hop);
    if (!next || !next.value()) return;
    expect(hop < kMostRedirects, "redirects end");
    check(asked, *next.value());
    asked = *next.value();
  }
}

}  // namespace fuzz
