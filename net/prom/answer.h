// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "net/http/client.h"
#include "net/prom/client.h"

namespace net::prom {

// What an answer may be made of at most: a chart shows twenty series, and a thousand of 240 samples take 4 MB.
inline constexpr std::size_t kMostSeries = 1000;
// Of the warnings that come with an answer: five lines of a chat.
inline constexpr std::size_t kMostWarnings = 5;
inline constexpr std::size_t kLongestWarning = 300;

// Reads the answer of /api/v1/query or /api/v1/query_range. Series past kMostSeries are left out with a warning.
base::Result<Answer> read_answer(const http::Response& response);

// Reads the answer of /api/v1/rules: the alerting rules of that name.
base::Result<std::vector<Rule>> read_rules(const http::Response& response, std::string_view alert_name);

}  // namespace net::prom
