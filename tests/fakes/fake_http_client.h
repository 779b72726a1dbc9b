// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/http/client.h"

namespace fakes {

// Answers from a list, by what the URL contains; remembers what was asked. For one thread.
class FakeHttpClient final : public net::http::Client {
 public:
  // The answer to every request whose URL contains `part`, the longest of such parts; a later one replaces an earlier
  // one.
  void answer(const std::string& part, int status, std::string body) {
    answers_.insert_or_assign(part,
                              net::http::Response{status, {{"content-type", "application/json"}}, std::move(body)});
  }
  // Requests whose URL contains `part` fail.
  void fail(const std::string& part, base::Error error) { failures_.insert_or_assign(part, std::move(error)); }

  std::vector<net::http::Request> requests;
  std::vector<net::http::Access> accesses;  // Of those requests that had one.

  base::Result<void> start() override { return base::ok(); }
  base::Task<void> stop() override { co_return; }
  base::Task<base::Result<net::http::Response>> send(net::http::Request request) override {
    requests.push_back(request);
    if (request.access != nullptr) accesses.push_back(*request.access);
    for (const auto& [part, error] : failures_) {
      if (request.url.find(part) != std::string::npos) co_return error;
    }
    const net::http::Response* found = nullptr;
    std::size_t longest = 0;
    for (const auto& [part, response] : answers_) {
      if (request.url.find(part) == std::string::npos || part.size() < longest) continue;
      found = &response;
      longest = part.size();
    }
    if (found != nullptr) co_return *found;
    co_return base::passing(base::Reason::kUnreachable, "nobody answers there");
  }

 private:
  std::map<std::string, net::http::Response> answers_;
  std::map<std::string, base::Error> failures_;
};

}  // namespace fakes
