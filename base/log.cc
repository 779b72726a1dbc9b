// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>

namespace base::log {

namespace {

std::atomic<bool> json_lines{::isatty(STDERR_FILENO) == 0};

spdlog::logger& logger() {
  static auto instance = [] {
    auto made = spdlog::stderr_color_mt("tocsin");
    made->set_pattern(json_lines ? "%v" : "%^%l%$ %H:%M:%S.%e %v");
    return made;
  }();
  return *instance;
}

// A JSON string (RFC 8259 section 7). Bytes that are no UTF-8 become U+FFFD: values may be what others sent.
std::string quote(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string as_json(std::string_view level, std::string_view text, Fields fields) {
  using std::chrono::system_clock;
  auto now = std::chrono::floor<std::chrono::microseconds>(system_clock::now());
  auto days = std::chrono::floor<std::chrono::days>(now);
  std::chrono::year_month_day date(days);
  std::chrono::hh_mm_ss clock(now - days);
  std::string line = fmt::format(R"({{"time":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z","level":"{}","text":{})",
                                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                                 clock.seconds().count(), clock.subseconds().count(), level, quote(text));
  for (const Field& field : fields) {
    line += fmt::format(",{}:{}", quote(field.key), field.quoted ? quote(field.value) : field.value);
  }
  return line + "}";
}

std::string as_text(std::string_view text, Fields fields) {
  std::string line(text);
  for (const Field& field : fields) {
    bool plain = !field.value.empty() && field.value.find_first_of(" \t\n\"=") == std::string::npos;
    line += fmt::format(" {}={}", field.key, plain ? field.value : quote(field.value));
  }
  return line;
}

void write(spdlog::level::level_enum level, std::string_view name, std::string_view text, Fields fields) {
  if (!logger().should_log(level)) return;
  logger().log(level, "{}", json_lines ? as_json(name, text, fields) : as_text(text, fields));
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

// JSON has no NaN and no infinity: those are text.
Field::Field(std::string_view name, double number)
    : key(name), value(fmt::format("{}", number)), quoted(!std::isfinite(number)) {}

void debug(std::string_view text, Fields fields) { write(spdlog::level::debug, "debug", text, fields); }
void info(std::string_view text, Fields fields) { write(spdlog::level::info, "info", text, fields); }
void warn(std::string_view text, Fields fields) { write(spdlog::level::warn, "warn", text, fields); }
void error(std::string_view text, Fields fields) { write(spdlog::level::err, "error", text, fields); }

void set_level(Level level) { logger().set_level(to_spdlog(level)); }

void use_json(bool json) {
  json_lines = json;
  logger().set_pattern(json ? "%v" : "%^%l%$ %H:%M:%S.%e %v");
}

}  // namespace base::log
