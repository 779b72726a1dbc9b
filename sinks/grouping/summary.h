// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/delivery.h"
#include "sinks/digest.h"
#include "sinks/grouping/grouping.h"

namespace sinks {

// The cause of the transition that tells a summary: what it brings is the newest of the same, and no news.
inline constexpr std::string_view kSummaryCause = "summary";

// A delivery on its way through its group. A record of topic `groups.<sink>` ("tocsin.grouped/1"), keyed by group.
struct GroupedDelivery {
  std::string name;  // The group's: Grouping::name().
  std::string row;   // Grouping::row().
  FoldedDelivery folded;
  std::optional<schemas::Delivery> delivery;  // Where it may be told by itself.
};
std::string encode(const GroupedDelivery& grouped);
base::Result<GroupedDelivery> decode_grouped(std::string_view json);

// What a group has counted in an interval.
struct Summary {
  struct Row {
    std::string cells;                                       // As Grouping::row() has them.
    bool is_rest = false;                                    // All that are beyond the rows that are kept.
    schemas::Severity severity = schemas::Severity::kDebug;  // The worst.
    std::int64_t fired = 0;
    std::int64_t resolved = 0;
  };

  std::string id;  // Of the group and the interval's begin.
  std::string sink;
  std::string name;
  base::Time since;  // When it began, and when it last counted.
  base::Time until;
  std::vector<Row> rows;  // The worst first, then the largest.

  std::int64_t fired() const;
  std::int64_t resolved() const;
};

// As a delivery that any sink can render: an opening, or the same with newer counts. Its incident is the summary. The
// same counts give the same id. Pure.
schemas::Delivery as_delivery(const Summary& summary, const std::vector<GroupAttribute>& by, bool opening);

}  // namespace sinks
