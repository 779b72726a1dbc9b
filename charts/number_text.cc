// SPDX-License-Identifier: Apache-2.0
#include "charts/number_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

#include "charts/chart.h"

namespace charts {
namespace {

struct Scale {
  double divisor;
  const char* suffix;
};

// From large to small; the last takes what is left.
constexpr std::array<Scale, 7> kIec{{{0x1p60, " EiB"},
                                     {0x1p50, " PiB"},
                                     {0x1p40, " TiB"},
                                     {0x1p30, " GiB"},
                                     {0x1p20, " MiB"},
                                     {0x1p10, " KiB"},
                                     {1, " B"}}};
constexpr std::array<Scale, 5> kSi{{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}};
constexpr std::array<Scale, 2> kCores{{{1, " cores"}, {1e-3, "m"}}};
constexpr std::array<Scale, 1> kPercent{{{1e-2, " %"}}};

// More decimals than this say nothing beside a suffix; the number is written out instead.
constexpr int kMaxDecimals = 3;
// Numbers from here on are written with an exponent.
constexpr double kHuge = 1e15;

std::span<const Scale> scales(base::Unit unit) {
  switch (unit) {
    case base::Unit::kBytes:
      return kIec;
    case base::Unit::kPercent:
      return kPercent;
    case base::Unit::kMillicores:
      return kCores;
    case base::Unit::kPlain:
    case base::Unit::kSeconds:
      break;
  }
  return kSi;
}

Scale scale_for(double magnitude, base::Unit unit) {
  for (const Scale& scale : scales(unit)) {
    if (magnitude >= scale.divisor) return scale;
  }
  return scales(unit).back();
}

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

// Three significant digits; more before the decimal point stay.
std::string short_number(double value) {
  double magnitude = std::abs(value);
  if (magnitude >= kHuge || (magnitude > 0 && magnitude < 1e-3)) return fmt::format("{:.3g}", value);
  int decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.1 ? 2 : 4;
  return without_trailing_zeros(fmt::format("{:.{}f}", value, decimals));
}

int decimals_for(double step) {
  int decimals = 0;
  while (decimals < 12 && std::abs(step - std::round(step)) > 1e-6 * step) {
    step *= 10;
    ++decimals;
  }
  return decimals;
}

}  // namespace

AxisNumbers::AxisNumbers(double largest, double step, base::Unit unit) : unit_(unit) {
  Scale scale = scale_for(largest, unit);
  // Millicores stay millicores up to two cores, so that an axis does not change its unit half way.
  if (unit == base::Unit::kMillicores && largest <= 2) scale = kCores.back();
  if (decimals_for(step / scale.divisor) > kMaxDecimals && unit == base::Unit::kPlain) scale = kSi.back();
  // "256 MiB" instead of "0.25 GiB".
  if (unit == base::Unit::kBytes && decimals_for(step / scale.divisor) > 1) scale = scale_for(step, unit);
  divisor_ = scale.divisor;
  suffix_ = scale.suffix;
  decimals_ = decimals_for(step / divisor_);
}

std::string AxisNumbers::text(double value) const {
  if (unit_ == base::Unit::kSeconds) return seconds_text(value);
  double scaled = value / divisor_;
  bool needs_exponent = std::abs(scaled) >= kHuge || (scaled != 0 && decimals_ > 8);
  std::string number = needs_exponent ? fmt::format("{:.4g}", scaled)
                                      : without_trailing_zeros(fmt::format("{:.{}f}", scaled, decimals_));
  return number == "0" && unit_ != base::Unit::kPercent ? number : number + suffix_;
}

std::string seconds_text(double seconds) {
  double magnitude = std::abs(seconds);
  std::string sign = seconds < 0 ? "-" : "";
  if (magnitude == 0) return "0s";
  if (magnitude >= 1e10) return fmt::format("{:.3g}s", seconds);
  if (magnitude < 1e-6) return short_number(seconds * 1e9) + "ns";
  if (magnitude < 1e-3) return short_number(seconds * 1e6) + "µs";
  if (magnitude < 0.9995) return short_number(seconds * 1e3) + "ms";
  if (magnitude < 60) return short_number(seconds) + "s";
  struct Part {
    long long length;
    const char* suffix;
  };
  static constexpr std::array<Part, 4> kParts{{{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}}};
  auto rest = std::llround(magnitude);
  std::string text = sign;
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    if (rest < kParts[i].length) continue;
    text += fmt::format("{}{}", rest / kParts[i].length, kParts[i].suffix);
    rest %= kParts[i].length;
    if (i + 1 < kParts.size() && rest >= kParts[i + 1].length) {
      text += fmt::format("{}{}", rest / kParts[i + 1].length, kParts[i + 1].suffix);
    }
    break;
  }
  return text;
}

std::string format_value(double value, base::Unit unit) {
  if (std::isnan(value)) return "no value";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  if (unit == base::Unit::kSeconds) return seconds_text(value);
  Scale scale = scale_for(std::abs(value), unit);
  if (value == 0 && unit == base::Unit::kMillicores) return "0m";
  if (unit == base::Unit::kMillicores && std::abs(value) == 1) return value > 0 ? "1 core" : "-1 core";
  return short_number(value / scale.divisor) + scale.suffix;
}

}  // namespace charts
