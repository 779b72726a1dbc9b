// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace base {

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::kBadRequest:
      return "bad_request";
    case Reason::kAuth:
      return "auth";
    case Reason::kNotFound:
      return "not_found";
    case Reason::kNoData:
      return "no_data";
    case Reason::kTooLarge:
      return "too_large";
    case Reason::kTimeout:
      return "timeout";
    case Reason::kUnreachable:
      return "unreachable";
    case Reason::kRateLimited:
      return "rate_limited";
    case Reason::kUnavailable:
      return "unavailable";
    case Reason::kBadAnswer:
      return "bad_answer";
    case Reason::kFull:
      return "full";
    case Reason::kCancelled:
      return "cancelled";
    case Reason::kInternal:
      return "internal";
  }
  return "internal";
}

Error Error::in(std::string_view context) const { return {reason, retry, std::string(context) + ": " + message}; }

}  // namespace base
