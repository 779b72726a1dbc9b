// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sinks {

// The name of a sink in topics, metrics, receipts and the ledger, from the name that the configuration gives it:
// letters in lower case, and each other byte outside [a-z0-9_-] becomes '_'. "Main Slack" is "main_slack". Everything
// that refers to a sink by name (a playbook's `sinks`) goes through this, so both spellings mean the same sink.
std::string sink_name(std::string_view written);

// Kafka bounds a topic's name at 249 bytes; the rest is for the prefixes of installation and topic.
inline constexpr std::size_t kLongestSinkName = 128;

}  // namespace sinks
