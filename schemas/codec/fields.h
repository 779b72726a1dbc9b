// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "schemas/codec/names.h"

namespace schemas::codec {

// The bounds of a record that is read. A finding has bounded evidence (a few log excerpts of at most 1 MiB each);
// twelve levels are what a delivery with a chart has, the rest is for fields that this version doesn't know.
inline constexpr std::size_t kMaxRecordBytes = 16 * 1024 * 1024;
inline constexpr int kMaxDepth = 64;

// The first thing that is wrong with a record; later ones are not looked for.
class Failure {
 public:
  explicit operator bool() const { return error_.has_value(); }
  void set(std::string message);
  base::Error take() { return std::move(*error_); }

 private:
  std::optional<base::Error> error_;
};

class Fields;

// Where a value stands: in a field of an object, or at an index of a list in that field.
struct Place {
  const Fields* parent = nullptr;
  std::string_view name;
  std::ptrdiff_t index = -1;

  // "alert.labels.severity", "enrichments[2].blocks[0]".
  std::string path() const;
};

// A value of the record that is read, valid as long as its Fields: what simdjson::dom::element is, without its header.
struct Value {
  const void* tree = nullptr;
  std::size_t at = 0;
};

// What a value is; nullopt when it is something else.
std::optional<std::string_view> text_of(const Value& value);
std::optional<double> number_of(const Value& value);

// The elements of a list, one after the other; of anything else there are none.
class List {
 public:
  explicit List(const Value& value);

  // How many there are; at most 16,777,215 are counted.
  std::size_t size() const { return size_; }
  // False behind the last one.
  bool next(Value& element);

 private:
  Value next_;
  Value end_;
  std::size_t size_ = 0;
};

// The fields of one JSON object; of a name that comes twice the last. A missing field or null leaves the target as it
// is; a wrong one sets the Failure, which names the path. Fields whose name nobody asked for can be taken as text.
class Fields {
 public:
  Fields(const Value& value, Place place, Failure& failure);

  template <class T>
  void optional(std::string_view name, T& target) {
    if (auto value = find(name)) convert(*value, Place{this, name}, target);
  }
  template <class T>
  void required(std::string_view name, T& target) {
    if (auto value = find(name)) return convert(*value, Place{this, name}, target);
    fail(Place{this, name}, "is missing");
  }
  // A number of seconds.
  void seconds(std::string_view name, base::Duration& target);
  // What Writer::bytes wrote.
  void bytes(std::string_view name, std::string_view base64_name, std::string& target);
  void base64(std::string_view name, std::string& target);
  // Refuses a record of another type or of a version that this one can't read: `schema` must be "<type>/1".
  void check_schema(std::string_view type);
  // The fields that were not asked for, as a JSON object.
  std::string unknown() const;

  // The object as JSON text.
  std::string whole_text() const;

  // The elements of a list; fails and gives none when it is something else.
  List list(const Value& value, const Place& place);
  // Which of the names a value is; fails and gives nullopt when it is none of them.
  std::optional<std::size_t> position(const Value& value, const Place& place, std::span<const std::string_view> names);
  // The value of a field, or nullopt when it is missing or null.
  std::optional<Value> find(std::string_view name);
  void fail(const Place& place, std::string_view what);
  const Place& place() const { return place_; }
  Failure& failure() { return failure_; }

  void convert(const Value& value, const Place& place, std::string& target);
  void convert(const Value& value, const Place& place, bool& target);
  void convert(const Value& value, const Place& place, std::int64_t& target);
  void convert(const Value& value, const Place& place, int& target);
  // null is NaN; "+Inf" and "-Inf" are the infinities.
  void convert(const Value& value, const Place& place, double& target);
  void convert(const Value& value, const Place& place, base::Time& target);
  void convert(const Value& value, const Place& place, std::optional<base::Time>& target);
  void convert(const Value& value, const Place& place, std::map<std::string, std::string, std::less<>>& target);
  void convert(const Value& value, const Place& place, std::map<std::string, std::string>& target);
  template <Named E>
  void convert(const Value& value, const Place& place, E& target);
  template <class T>
  void convert(const Value& value, const Place& place, std::vector<T>& target);
  // `void read_fields(Fields&, T&)` is found beside T.
  template <class T>
    requires requires(Fields& in, T& object) { read_fields(in, object); }
  void convert(const Value& value, const Place& place, T& target) {
    Fields inner(value, place, failure_);
    if (!failure_) read_fields(inner, target);
  }

 private:
  template <class Map>
  void convert_map(const Value& value, const Place& place, Map& target);

  struct Member {
    std::string_view name;
    Value value;
    bool asked = false;
  };

  Value object_;
  Place place_;
  Failure& failure_;
  std::vector<Member> members_;
};

template <Named E>
void Fields::convert(const Value& value, const Place& place, E& target) {
  if (auto found = position(value, place, kNames<E>)) target = static_cast<E>(*found);
}

template <class T>
void Fields::convert(const Value& value, const Place& place, std::vector<T>& target) {
  List elements = list(value, place);
  target.reserve(elements.size());
  Place inner{place.parent, place.name, 0};
  for (Value element; !failure_ && elements.next(element); ++inner.index) {
    convert(element, inner, target.emplace_back());
  }
}

// Gives the fields of an object to `read`; within the bounds, and throws at most std::bad_alloc. `name` is what the
// error calls the whole.
base::Result<void> read_text(std::string_view text, std::string_view name, const std::function<void(Fields&)>& read);

template <class T>
base::Result<T> decode(std::string_view text, std::string_view name) {
  T value;
  BOOST_OUTCOME_TRY(read_text(text, name, [&value](Fields& in) { read_fields(in, value); }));
  return value;
}

}  // namespace schemas::codec
