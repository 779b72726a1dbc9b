// SPDX-License-Identifier: Apache-2.0
#include "schemas/codec/fields.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>

#include "base/base64.h"

namespace schemas::codec {

namespace {

namespace dom = simdjson::dom;

static_assert(sizeof(Value) == sizeof(dom::element) && sizeof(Value) == sizeof(dom::array::iterator));

dom::element element_of(const Value& value) { return std::bit_cast<dom::element>(value); }

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

// Whether the brackets of a JSON text go deeper than `limit`.
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

// A parser, and the tree of what it read last. It takes 15 bytes for each byte of the longest text so far.
class Parser {
 public:
  // simdjson stops at the depth that it is given; empty brackets it does not count.
  explicit Parser(std::size_t longest) { is_ready_ = parser_.allocate(longest, kMaxDepth + 1) == simdjson::SUCCESS; }

  simdjson::error_code parse(std::string_view text, dom::element& root) {
    if (!is_ready_) return simdjson::MEMALLOC;
    return parser_.parse(text.data(), text.size()).get(root);
  }

 private:
  dom::parser parser_;
  bool is_ready_;
};

// What a thread keeps is 15 * 64 KiB, about 1 MiB, of which it touches no more than its records need.
constexpr std::size_t kLongestKept = 64 * 1024;

// The tree of a record: in the parser that the thread keeps, or in one of its own when the text is longer than that, or
// is read while another one still is.
class Tree {
 public:
  Tree() = default;
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() {
    if (is_borrower_) is_lent = false;
  }

  simdjson::error_code parse(std::string_view text) {
    if (text.size() > kLongestKept || (is_lent && !is_borrower_)) return own_.emplace(text.size()).parse(text, root_);
    thread_local Parser kept(kLongestKept);
    is_borrower_ = is_lent = true;
    return kept.parse(text, root_);
  }

  Value root() const { return std::bit_cast<Value>(root_); }

 private:
  static thread_local bool is_lent;

  dom::element root_;
  std::optional<Parser> own_;
  bool is_borrower_ = false;
};

thread_local bool Tree::is_lent = false;

// JSON bounds no number: one that simdjson has no room for is a double here, if it can be.
std::string with_doubles(std::string_view text) {
  auto tree = nlohmann::json::parse(text, nullptr, false);
  return tree.is_discarded() ? std::string() : tree.dump();
}

base::Result<void> parse_bounded(std::string_view text, std::string_view name, Tree& tree) {
  if (text.size() > kMaxRecordBytes) {
    return base::permanent(base::Reason::kTooLarge, fmt::format("{} has {} bytes, more than the limit of {}", name,
                                                                text.size(), kMaxRecordBytes));
  }
  auto error = tree.parse(text);
  if (error == simdjson::SUCCESS) return base::ok();
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (is_deeper_than(text, kMaxDepth)) {
    return base::permanent(base::Reason::kBadRequest,
                           fmt::format("{} is nested deeper than {} levels", name, kMaxDepth));
  }
  if (error == simdjson::NUMBER_ERROR) error = tree.parse(with_doubles(text));
  if (error == simdjson::SUCCESS) return base::ok();
  return base::permanent(base::Reason::kBadRequest, fmt::format("{} is not JSON", name));
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

std::optional<std::string_view> text_of(const Value& value) {
  std::string_view text;
  if (element_of(value).get(text)) return std::nullopt;
  return text;
}

std::optional<double> number_of(const Value& value) {
  double number = 0;
  if (element_of(value).get(number)) return std::nullopt;
  return number;
}

List::List(const Value& value) {
  dom::array array;
  if (element_of(value).get(array)) return;
  next_ = std::bit_cast<Value>(array.begin());
  end_ = std::bit_cast<Value>(array.end());
  size_ = array.size();
}

bool List::next(Value& element) {
  if (next_.at == end_.at) return false;
  auto at = std::bit_cast<dom::array::iterator>(next_);
  element = std::bit_cast<Value>(*at);
  next_ = std::bit_cast<Value>(++at);
  return true;
}

Fields::Fields(const Value& value, Place place, Failure& failure) : object_(value), place_(place), failure_(failure) {
  dom::object object;
  if (element_of(value).get(object)) fail(place_, "must be an object");
  if (failure_) return;
  members_.reserve(object.size());
  for (auto [name, member] : object) members_.push_back({name, std::bit_cast<Value>(member)});
}

std::optional<Value> Fields::find(std::string_view name) {
  if (failure_) return std::nullopt;
  const Member* found = nullptr;
  for (Member& member : members_) {
    if (member.name != name) continue;
    member.asked = true;
    found = &member;
  }
  if (found == nullptr || element_of(found->value).is_null()) return std::nullopt;
  return found->value;
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
  if (std::ranges::all_of(members_, &Member::asked)) return "{}";
  auto rest = nlohmann::json::parse(whole_text());
  for (const Member& member : members_) {
    if (member.asked) rest.erase(std::string(member.name));
  }
  return rest.dump();
}

void Fields::seconds(std::string_view name, base::Duration& target) {
  auto value = find(name);
  if (!value) return;
  constexpr double kLongest = 100.0 * 365 * 24 * 3600;  // A century fits into 64 bits of nanoseconds.
  auto number = number_of(*value);
  if (!number || std::abs(*number) > kLongest) return fail({this, name}, "must be a number of seconds");
  target = base::Duration(std::llround(*number * 1e9));
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

std::string Fields::whole_text() const { return simdjson::minify(element_of(object_)); }

void Fields::convert(const Value& value, const Place& place, std::string& target) {
  auto text = text_of(value);
  if (!text) return fail(place, "must be text");
  target = *text;
}

void Fields::convert(const Value& value, const Place& place, bool& target) {
  if (element_of(value).get(target)) fail(place, "must be true or false");
}

void Fields::convert(const Value& value, const Place& place, std::int64_t& target) {
  if (element_of(value).get(target)) fail(place, "must be a whole number");
}

void Fields::convert(const Value& value, const Place& place, int& target) {
  std::int64_t number = 0;
  convert(value, place, number);
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
    return fail(place, "is out of range");
  }
  target = static_cast<int>(number);
}

void Fields::convert(const Value& value, const Place& place, double& target) {
  auto number = number_of(value);
  auto text = text_of(value);
  if (number) {
    target = *number;
  } else if (element_of(value).is_null()) {
    target = std::numeric_limits<double>::quiet_NaN();
  } else if (text == "+Inf" || text == "-Inf") {
    target = (text == "+Inf" ? 1 : -1) * std::numeric_limits<double>::infinity();
  } else {
    fail(place, "must be a number, null, \"+Inf\" or \"-Inf\"");
  }
}

void Fields::convert(const Value& value, const Place& place, base::Time& target) {
  std::optional<base::Time> time;
  convert(value, place, time);
  if (failure_) return;
  if (!time) return fail(place, "is missing");
  target = *time;
}

void Fields::convert(const Value& value, const Place& place, std::optional<base::Time>& target) {
  auto text = text_of(value);
  if (!text) return fail(place, "must be an RFC 3339 time");
  auto parsed = base::parse_rfc3339(*text);
  if (!parsed) return fail(place, "must be an RFC 3339 time");
  target = parsed.value();
}

template <class Map>
void Fields::convert_map(const Value& value, const Place& place, Map& target) {
  dom::object object;
  if (element_of(value).get(object)) return fail(place, "must be an object");
  for (auto [name, member] : object) {
    std::string_view text;
    if (member.get(text)) return failure_.set(fmt::format("{}.{} must be text", place.path(), name));
    target.insert_or_assign(target.end(), std::string(name), text);
  }
}

void Fields::convert(const Value& value, const Place& place, std::map<std::string, std::string, std::less<>>& target) {
  convert_map(value, place, target);
}

void Fields::convert(const Value& value, const Place& place, std::map<std::string, std::string>& target) {
  convert_map(value, place, target);
}

List Fields::list(const Value& value, const Place& place) {
  if (!element_of(value).is_array()) fail(place, "must be a list");
  return List(value);
}

std::optional<std::size_t> Fields::position(const Value& value, const Place& place,
                                            std::span<const std::string_view> names) {
  auto found = std::ranges::find(names, text_of(value));
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  fail(place, fmt::format("must be one of {}", fmt::join(names, ", ")));
  return std::nullopt;
}

base::Result<void> read_text(std::string_view text, std::string_view name, const std::function<void(Fields&)>& read) {
  Tree tree;
  BOOST_OUTCOME_TRY(parse_bounded(text, name, tree));
  Failure failure;
  Fields fields(tree.root(), Place{nullptr, name}, failure);
  if (!failure) read(fields);
  if (failure) return failure.take();
  return base::ok();
}

}  // namespace schemas::codec
