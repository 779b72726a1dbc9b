// SPDX-License-Identifier: Apache-2.0
#include "schemas/codec/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/base64.h"

namespace schemas::codec {

namespace {

// The one version that this code reads. When a second one comes, read_fields of that type gets the number.
constexpr int kVersion = 1;

// The end of the JSON text that begins behind the quote at `at`: its closing quote, or the end of everything.
std::size_t skip_text(std::string_view json, std::size_t at) {
  std::size_t begin = at;
  while ((at = json.find('"', at + 1)) != std::string_view::npos) {
    std::size_t backslashes = 0;
    while (at - backslashes - 1 > begin && json[at - backslashes - 1] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
  return json.size();
}

// Whether the brackets of a JSON text go deeper than `limit`. Looks before the parser does: a tree of values costs a
// hundred times its text.
bool is_deeper_than(std::string_view json, int limit) {
  int depth = 0;
  for (std::size_t at = 0; at < json.size(); ++at) {
    char c = json[at];
    if (c == '"') {
      at = skip_text(json, at);
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

base::Result<Json> parse_bounded(std::string_view text, std::string_view name) {
  if (text.size() > kMaxRecordBytes) {
    return base::permanent(base::Reason::kTooLarge, fmt::format("{} has {} bytes, more than the limit of {}", name,
                                                                text.size(), kMaxRecordBytes));
  }
  if (is_deeper_than(text, kMaxDepth)) {
    return base::permanent(base::Reason::kBadRequest,
                           fmt::format("{} is nested deeper than {} levels", name, kMaxDepth));
  }
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return base::permanent(base::Reason::kBadRequest, fmt::format("{} is not JSON", name));
  return json;
}

base::Result<void> read_owned(Json& tree, std::string_view name, const std::function<void(Fields&)>& read) {
  Failure failure;
  Fields fields(tree, Place{nullptr, name}, failure);
  if (!failure) read(fields);
  if (failure) return failure.take();
  return base::ok();
}

template <class Map>
bool read_text_map(Json& value, Map& target, std::string* wrong) {
  auto& object = value.get_ref<Json::object_t&>();
  while (!object.empty()) {
    auto node = object.extract(object.begin());
    auto* text = node.mapped().template get_ptr<std::string*>();
    if (text == nullptr) {
      *wrong = std::move(node.key());
      return false;
    }
    target.emplace_hint(target.end(), std::move(node.key()), std::move(*text));
  }
  return true;
}

}  // namespace

void Failure::set(std::string message) {
  if (!error_) error_ = base::permanent(base::Reason::kBadRequest, std::move(message));
}

std::string Place::path() const {
  std::string text;
  // The outermost place is the name of the whole, which is worth saying only alone.
  if (parent != nullptr && parent->place().parent != nullptr) text = parent->place().path() + ".";
  text += name;
  if (index >= 0) text += fmt::format("[{}]", index);
  return text;
}

Fields::Fields(Json& value, Place place, Failure& failure) : place_(place), failure_(failure) {
  if (value.is_object()) {
    object_ = &value;
    asked_.reserve(32);  // The largest record has fewer.
  } else {
    fail(place_, "must be an object");
  }
}

Json* Fields::find(std::string_view name) {
  if (failure_ || object_ == nullptr) return nullptr;
  asked_.push_back(name);
  auto it = object_->find(name);
  return it == object_->end() || it->is_null() ? nullptr : &*it;
}

void Fields::fail(const Place& place, std::string_view what) { failure_.set(fmt::format("{} {}", place.path(), what)); }

void Fields::check_schema(std::string_view type) {
  std::string schema;
  required("schema", schema);
  if (failure_) return;
  std::size_t slash = schema.rfind('/');
  int version = -1;
  if (slash != std::string::npos) {
    const char* end = schema.data() + schema.size();
    auto parsed = std::from_chars(schema.data() + slash + 1, end, version);
    if (parsed.ptr != end || parsed.ec != std::errc()) version = -1;
  }
  if (schema.substr(0, slash) != type || version < 0) {
    return fail({this, "schema"}, fmt::format("is '{}': expected '{}/{}'", schema.substr(0, 80), type, kVersion));
  }
  if (version > kVersion) {
    return fail({this, "schema"}, fmt::format("is '{}': written by a newer tocsin, this one reads up to '{}/{}'",
                                              schema, type, kVersion));
  }
  if (version < kVersion) {
    return fail({this, "schema"},
                fmt::format("is '{}': too old, this tocsin reads from '{}/{}'", schema, type, kVersion));
  }
}

std::string Fields::unknown() const {
  if (object_ == nullptr) return "{}";
  Json rest = Json::object();
  for (auto& [name, value] : object_->items()) {
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) rest[name] = std::move(value);
  }
  if (rest.empty()) return "{}";
  return rest.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Fields::seconds(std::string_view name, base::Duration& target) {
  Json* value = find(name);
  if (value == nullptr) return;
  constexpr double kLongest = 100.0 * 365 * 24 * 3600;  // A century fits into 64 bits of nanoseconds.
  if (!value->is_number() || std::abs(value->get<double>()) > kLongest) {
    return fail({this, name}, "must be a number of seconds");
  }
  target = base::Duration(std::llround(value->get<double>() * 1e9));
}

void Fields::bytes(std::string_view name, std::string_view base64_name, std::string& target) {
  optional(name, target);
  base64(base64_name, target);
}

void Fields::base64(std::string_view name, std::string& target) {
  std::string encoded;
  optional(name, encoded);
  if (failure_ || encoded.empty()) return;
  auto decoded = base::from_base64(encoded);
  if (!decoded) return fail({this, name}, "must be base64");
  target = std::move(*decoded);
}

std::string Fields::whole_text() const { return object_->dump(-1, ' ', false, Json::error_handler_t::replace); }

void Fields::convert(Json& value, const Place& place, std::string& target) {
  auto* text = value.get_ptr<std::string*>();
  if (text == nullptr) return fail(place, "must be text");
  target = std::move(*text);
}

void Fields::convert(Json& value, const Place& place, bool& target) {
  if (!value.is_boolean()) return fail(place, "must be true or false");
  target = value.get<bool>();
}

void Fields::convert(Json& value, const Place& place, std::int64_t& target) {
  bool fits = value.is_number_integer() &&
              (!value.is_number_unsigned() ||
               value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
  if (!fits) return fail(place, "must be a whole number");
  target = value.get<std::int64_t>();
}

void Fields::convert(Json& value, const Place& place, int& target) {
  std::int64_t number = 0;
  convert(value, place, number);
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
    return fail(place, "is out of range");
  }
  target = static_cast<int>(number);
}

void Fields::convert(Json& value, const Place& place, double& target) {
  const auto* text = value.get_ptr<const std::string*>();
  if (value.is_number()) {
    target = value.get<double>();
  } else if (value.is_null()) {
    target = std::numeric_limits<double>::quiet_NaN();
  } else if (text != nullptr && (*text == "+Inf" || *text == "-Inf")) {
    target = (*text == "+Inf" ? 1 : -1) * std::numeric_limits<double>::infinity();
  } else {
    fail(place, "must be a number, null, \"+Inf\" or \"-Inf\"");
  }
}

void Fields::convert(Json& value, const Place& place, base::Time& target) {
  std::optional<base::Time> time;
  convert(value, place, time);
  if (failure_) return;
  if (!time) return fail(place, "is missing");
  target = *time;
}

void Fields::convert(Json& value, const Place& place, std::optional<base::Time>& target) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) return fail(place, "must be an RFC 3339 time");
  auto parsed = base::parse_rfc3339(*text);
  if (!parsed) return fail(place, "must be an RFC 3339 time");
  target = parsed.value();
}

void Fields::convert(Json& value, const Place& place, std::map<std::string, std::string, std::less<>>& target) {
  std::string wrong;
  if (!value.is_object()) return fail(place, "must be an object");
  if (!read_text_map(value, target, &wrong)) failure_.set(fmt::format("{}.{} must be text", place.path(), wrong));
}

void Fields::convert(Json& value, const Place& place, std::map<std::string, std::string>& target) {
  std::string wrong;
  if (!value.is_object()) return fail(place, "must be an object");
  if (!read_text_map(value, target, &wrong)) failure_.set(fmt::format("{}.{} must be text", place.path(), wrong));
}

std::size_t Fields::list_size(const Json& value, const Place& place) {
  if (value.is_array()) return value.size();
  fail(place, "must be a list");
  return 0;
}

Json& Fields::element(Json& list, std::size_t index) { return list[index]; }

std::optional<std::size_t> Fields::position(const Json& value, const Place& place,
                                            std::span<const std::string_view> names) {
  const auto* text = value.get_ptr<const std::string*>();
  for (std::size_t i = 0; text != nullptr && i < names.size(); ++i) {
    if (names[i] == *text) return i;
  }
  fail(place, fmt::format("must be one of {}", fmt::join(names, ", ")));
  return std::nullopt;
}

base::Result<void> read_text(std::string_view text, std::string_view name, const std::function<void(Fields&)>& read) {
  BOOST_OUTCOME_TRY(Json tree, parse_bounded(text, name));
  return read_owned(tree, name, read);
}

base::Result<void> read_tree(const Json& tree, std::string_view name, const std::function<void(Fields&)>& read) {
  Json copy = tree;
  return read_owned(copy, name, read);
}

Json parse_own(std::string_view text) { return Json::parse(text, nullptr, false); }

}  // namespace schemas::codec
