// SPDX-License-Identifier: Apache-2.0
#include "ingest/intake_record.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "schemas/ledger.h"

namespace ingest {

namespace {

// The record is written and read by this file alone, so its members have a fixed order and reading needs no JSON
// parser: the body, which can be megabytes, is cut out as it stands.
constexpr std::string_view kHead = R"({"schema":"tocsin.intake/1","source":")";
constexpr std::string_view kReceived = R"(","received":")";
constexpr std::string_view kBody = R"(","body":)";

// Takes the text before `mark` off the front of `rest`, and the mark with it.
base::Result<std::string_view> take_until(std::string_view mark, std::string_view& rest) {
  auto at = rest.find(mark);
  if (at == std::string_view::npos) {
    return base::permanent(base::Reason::kBadRequest, "the record is not a tocsin.intake/1");
  }
  std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at + mark.size());
  return taken;
}

}  // namespace

std::string intake_key(std::string_view source, std::string_view group_key) {
  return base::derive_id({source, group_key});
}

bool is_intake(std::string_view value) { return value.starts_with(kHead); }

std::string encode(std::string_view source, base::Time received, std::string_view body) {
  return fmt::format("{}{}{}{}{}{}}}", kHead, source, kReceived, base::to_rfc3339(received), kBody, body);
}

std::vector<bus::Count> counts_of_received(std::string_view source, std::int64_t events) {
  namespace ledger = schemas::ledger;
  return {{std::string(ledger::kReceived), events}, {ledger::of_source(source, ledger::kReceived), events}};
}

base::Result<IntakeRecord> decode_intake(std::string_view value) {
  if (!is_intake(value) || !value.ends_with('}')) {
    return base::permanent(base::Reason::kBadRequest, "the record is not a tocsin.intake/1");
  }
  std::string_view rest = value.substr(kHead.size(), value.size() - kHead.size() - 1);
  BOOST_OUTCOME_TRY(auto source, take_until(kReceived, rest));
  BOOST_OUTCOME_TRY(auto received_text, take_until(kBody, rest));
  BOOST_OUTCOME_TRY(auto received, base::parse_rfc3339(received_text));
  return IntakeRecord{std::string(source), received.value_or(base::Time{}), std::string(rest)};
}

}  // namespace ingest
