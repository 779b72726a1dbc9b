// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http/client.h"

namespace net::http {

// A question to the outside world with its answer: a line of a recording ("tocsin.exchange/1", docs/formats). Without
// credentials: no request headers, no user part in the URL, and "redacted" for parameters of its query that name a
// secret (token, key, signature, ...).
struct RecordedExchange {
  std::string method;
  std::string url;
  std::string body;
  int status = 0;
  std::string content_type;
  std::string answer;
};

// On one line.
std::string encode(const RecordedExchange& exchange);
base::Result<RecordedExchange> decode_exchange(std::string_view json);

// Sends through another client and gives every answer to `keep`, from the thread that got it. Failures have no answer
// and are not kept.
std::unique_ptr<Client> make_recording_client(std::unique_ptr<Client> inner,
                                              std::function<void(const RecordedExchange&)> keep);

// Answers from what was recorded: the exchange with the same method, URL and body; else the first one with the same
// path whose form has the same `query`, whatever its times say; else kUnreachable.
std::unique_ptr<Client> make_replaying_client(std::vector<RecordedExchange> exchanges);

}  // namespace net::http
