// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace base::log {

// ERROR: data lost or a person must act. WARN: odd, recovered. INFO: what an operator asked for has happened.
// DEBUG: never per event in a tight loop.
enum class Level { kDebug, kInfo, kWarn, kError };

// One key=value of a log line. Values are text, numbers or booleans; base::Secret has no conversion, on purpose.
struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(text) {}
  Field(std::string_view name, const std::string& text) : key(name), value(text) {}
  Field(std::string_view name, bool truth) : key(name), value(truth ? "true" : "false"), quoted(false) {}
  Field(std::string_view name, double number);
  template <std::integral Number>
  Field(std::string_view name, Number number) : key(name), value(std::to_string(number)), quoted(false) {}

  std::string_view key;
  std::string value;
  bool quoted = true;
};

using Fields = std::initializer_list<Field>;

// Lines go to standard error: JSON objects, or readable text when that is a terminal. Thread-safe.
// `text` is "area: what happened" in lower case.
void debug(std::string_view text, Fields fields = {});
void info(std::string_view text, Fields fields = {});
void warn(std::string_view text, Fields fields = {});
void error(std::string_view text, Fields fields = {});

// Lines below this level are dropped. INFO at start.
void set_level(Level level);
// Overrides the choice between JSON and text that start-up makes by looking at standard error.
void use_json(bool json);

}  // namespace base::log
