// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql_constant.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

namespace enrichers::promql {
namespace {

// Precedence as https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operator-precedence has it.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<double> read() {
    auto value = sum();
    skip_space();
    bool is_whole = text_.empty() && value && std::isfinite(*value);
    return is_whole ? value : std::nullopt;
  }

 private:
  void skip_space() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front())) != 0) text_.remove_prefix(1);
  }

  bool take(char c) {
    skip_space();
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::optional<double> sum() {
    auto value = product();
    while (value) {
      bool is_plus = take('+');
      if (!is_plus && !take('-')) break;
      auto right = product();
      if (!right) return std::nullopt;
      value = is_plus ? *value + *right : *value - *right;
    }
    return value;
  }

  std::optional<double> product() {
    auto value = signed_power();
    while (value) {
      bool is_times = take('*');
      if (!is_times && !take('/')) break;
      auto right = signed_power();
      if (!right) return std::nullopt;
      value = is_times ? *value * *right : *value / *right;
    }
    return value;
  }

  // A sign binds less than a power: -2 ^ 2 is -4.
  std::optional<double> signed_power() {
    if (++steps_ > kMaxSteps) return std::nullopt;
    if (take('+')) return signed_power();
    if (take('-')) {
      auto value = signed_power();
      return value ? std::optional(-*value) : std::nullopt;
    }
    auto value = atom();
    if (!value || !take('^')) return value;
    auto right = signed_power();
    return right ? std::optional(std::pow(*value, *right)) : std::nullopt;
  }

  std::optional<double> atom() {
    if (take('(')) {
      auto value = sum();
      return take(')') ? value : std::nullopt;
    }
    skip_space();
    return number();
  }

  std::optional<double> number() {
    if (text_.empty() || (std::isdigit(static_cast<unsigned char>(text_.front())) == 0 && text_.front() != '.')) {
      return std::nullopt;
    }
    bool is_hex = text_.starts_with("0x") || text_.starts_with("0X");
    if (is_hex) text_.remove_prefix(2);
    double value = 0;
    auto [rest, failure] = std::from_chars(text_.data(), text_.data() + text_.size(), value,
                                           is_hex ? std::chars_format::hex : std::chars_format::general);
    if (failure != std::errc()) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(rest - text_.data()));
    // "5m" is a duration and "1_000" not known to all servers.
    bool goes_on = !text_.empty() && (std::isalnum(static_cast<unsigned char>(text_.front())) != 0 ||
                                      text_.front() == '_' || text_.front() == '.');
    return goes_on ? std::nullopt : std::optional(value);
  }

  // Signs and brackets within each other; a threshold has a handful. Bounds the recursion.
  static constexpr int kMaxSteps = 100;
  std::string_view text_;
  int steps_ = 0;
};

}  // namespace

std::optional<double> constant(std::string_view expression) { return Reader(expression).read(); }

}  // namespace enrichers::promql
