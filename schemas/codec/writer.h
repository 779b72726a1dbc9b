// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "schemas/codec/names.h"

namespace schemas::codec {

class Writer;

// Something with fields of its own: `void write_fields(Writer&, const T&)` is found beside it.
template <class T>
concept Fielded = requires(Writer& out, const T& value) { write_fields(out, value); };

// Writes JSON text straight into a string, since a tree of values would cost several times as much on the way of every
// event. Commas are put by looking at what was written last. Text that is not UTF-8 has U+FFFD where it is broken.
class Writer {
 public:
  Writer() { out_.reserve(kUsualSize); }

  void begin_object();
  void end_object() { out_ += '}'; }
  void begin_array();
  void end_array() { out_ += ']'; }
  // `name` must need no escaping.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool truth);
  void value(std::int64_t number);
  void value(int number) { value(std::int64_t{number}); }
  // NaN is null, the infinities are "+Inf" and "-Inf", as Prometheus spells them.
  void value(double number);
  void value(base::Time time);
  void value(const std::map<std::string, std::string, std::less<>>& labels) { text_map(labels); }
  void value(const std::map<std::string, std::string>& labels) { text_map(labels); }
  template <Named E>
  void value(E named) {
    value(name_of(named));
  }
  template <class T>
  void value(const std::vector<T>& list) {
    begin_array();
    for (const T& element : list) value(element);
    end_array();
  }
  template <Fielded T>
  void value(const T& object) {
    begin_object();
    write_fields(*this, object);
    end_object();
  }

  template <class T>
  void field(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  // Leaves the field out when there is nothing in it.
  template <class T>
  void field_unless_empty(std::string_view name, const T& content) {
    if (!content.empty()) field(name, content);
  }
  template <class T>
  void field_if_set(std::string_view name, const std::optional<T>& content) {
    if (content) field(name, *content);
  }
  // A duration as a number of seconds; left out when zero.
  void seconds_unless_zero(std::string_view name, base::Duration duration);
  // Unix time in seconds with at most three decimals.
  void unix_seconds(base::Time time);
  // Bytes: under `name` when they are UTF-8, else in base64 under the other name.
  void bytes(std::string_view name, std::string_view base64_name, std::string_view contents);
  // Bytes, always as base64.
  void base64(std::string_view name, std::string_view contents);
  // The members of a JSON object given as text, as fields of the present object. Anything else writes nothing.
  void members(std::string_view object_text);

  std::string take() { return std::move(out_); }

 private:
  // Most records have 0.5 to 3 KB: growing there from 16 bytes takes time.
  static constexpr std::size_t kUsualSize = 1024;

  void separate();
  void decimal(std::int64_t whole, std::int64_t nanos);
  template <class Map>
  void text_map(const Map& map);

  std::string out_;
};

// Whether every byte is part of well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);

}  // namespace schemas::codec
