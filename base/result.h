// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace base {

// Why something failed. A closed set, because it becomes the value of a metric label; classified from codes, never
// from the text of a message.
enum class Reason {
  kBadRequest,   // What we sent, or were sent, is wrong: the same input fails again.
  kAuth,         // Credentials are missing, expired or insufficient.
  kNotFound,     // The thing asked for does not exist.
  kNoData,       // The question was answered, and the answer is empty.
  kTooLarge,     // Over a limit of ours or of the other side.
  kTimeout,      // The deadline passed.
  kUnreachable,  // No connection: name, route, refused, TLS.
  kRateLimited,  // The other side asks us to slow down.
  kUnavailable,  // The other side answers, but can't serve now (5xx).
  kBadAnswer,    // The answer can't be understood.
  kFull,         // A bound of ours is reached: queue, disk, log.
  kCancelled,    // We were told to stop.
  kInternal,     // A fault of ours.
};

// The label value: "bad_request", "auth", ...
std::string_view to_string(Reason reason);

// Whether trying again can help. `never` means: the same input gives the same failure.
class Retry {
 public:
  static constexpr Retry never() { return Retry(Kind::kNever, {}); }
  static constexpr Retry later() { return Retry(Kind::kLater, {}); }
  // The other side named the time to wait (Retry-After).
  static constexpr Retry after(std::chrono::milliseconds wait) { return Retry(Kind::kAfter, wait); }

  constexpr bool is_never() const { return kind_ == Kind::kNever; }
  constexpr bool names_wait() const { return kind_ == Kind::kAfter; }
  // Zero unless names_wait().
  constexpr std::chrono::milliseconds wait() const { return wait_; }
  friend constexpr bool operator==(const Retry&, const Retry&) = default;

 private:
  enum class Kind { kNever, kLater, kAfter };
  constexpr Retry(Kind kind, std::chrono::milliseconds wait) : kind_(kind), wait_(wait) {}

  Kind kind_;
  std::chrono::milliseconds wait_;
};

// A failure of the world outside or of the input. `message` is for people: one line, no secrets, says what to do where
// that is known. A broken invariant of our own is not an Error: it terminates.
struct Error {
  Reason reason;
  Retry retry;
  std::string message;

  // The same failure with "context: " in front of the message.
  Error in(std::string_view context) const;
};

inline Error permanent(Reason reason, std::string message) { return {reason, Retry::never(), std::move(message)}; }
inline Error passing(Reason reason, std::string message) { return {reason, Retry::later(), std::move(message)}; }

// A value or an Error. Reading the value of a failed Result terminates. In functions use BOOST_OUTCOME_TRY(auto x,
// f()), in coroutines BOOST_OUTCOME_CO_TRY(auto x, co_await f()).
template <class T = void>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

inline auto ok() { return boost::outcome_v2::success(); }

}  // namespace base
