// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"

namespace base::options {

// How a C++ type is written in YAML: its name for people, its JSON Schema, the text of a default.
struct ValueType {
  std::string name;
  std::string schema;
};

// read_value sets `value` and returns true, or adds a problem that says what was expected and what was found.
// A quoted "5" is text; an unquoted 5 is a number and also readable as text.
#define TOCSIN_VALUE_TYPE(Type)                                                   \
  bool read_value(const yaml::Node& node, Type& value, yaml::Problems& problems); \
  ValueType type_of(const Type*);                                                 \
  std::string default_text(const Type& value)

TOCSIN_VALUE_TYPE(bool);
TOCSIN_VALUE_TYPE(std::int64_t);
TOCSIN_VALUE_TYPE(double);
TOCSIN_VALUE_TYPE(std::string);
TOCSIN_VALUE_TYPE(Secret);
TOCSIN_VALUE_TYPE(Duration);                  // "30s", "1h30m", or a number of seconds.
TOCSIN_VALUE_TYPE(std::vector<std::string>);  // A single text counts as a list of one.
TOCSIN_VALUE_TYPE(std::vector<std::int64_t>);
using TextMap = std::map<std::string, std::string>;
TOCSIN_VALUE_TYPE(TextMap);
TOCSIN_VALUE_TYPE(yaml::Node);  // Anything, as it stands, for a reader of its own.
TOCSIN_VALUE_TYPE(std::optional<std::string>);
TOCSIN_VALUE_TYPE(std::optional<std::int64_t>);
TOCSIN_VALUE_TYPE(TimeZone);   // "Europe/Berlin".
TOCSIN_VALUE_TYPE(TimeOfDay);  // "08:30", up to "24:00".
TOCSIN_VALUE_TYPE(Weekdays);   // A list of "mon" or "Monday"; Robusta's "THR" too.
using OptionalLocalTime = std::optional<LocalTime>;
TOCSIN_VALUE_TYPE(OptionalLocalTime);  // "2026-12-31 23:00".

#undef TOCSIN_VALUE_TYPE

// The value of a scalar as error texts may show it: in quotes and shortened, or only that it came from the environment.
std::string shown(const yaml::Node& node);

// Reads a Secret from the file named by `node`, without the last line break.
bool read_secret_file(const yaml::Node& node, Secret& value, yaml::Problems& problems);

// For the bounds of an option: the value as a number; durations in seconds.
inline double as_number(std::int64_t value) { return static_cast<double>(value); }
inline double as_number(double value) { return value; }
inline double as_number(Duration value) { return std::chrono::duration<double>(value).count(); }
template <class Other>
double as_number(const Other&) {
  return 0;
}

}  // namespace base::options
