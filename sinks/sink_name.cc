// SPDX-License-Identifier: Apache-2.0
#include "sinks/sink_name.h"

namespace sinks {

namespace {

char name_char(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  bool stays = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  return stays ? c : '_';
}

}  // namespace

std::string sink_name(std::string_view written) {
  std::string name;
  name.reserve(written.size());
  for (char c : written) name.push_back(name_char(c));
  return name;
}

}  // namespace sinks
