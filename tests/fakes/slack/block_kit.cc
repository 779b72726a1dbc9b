// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/slack/block_kit.h"

#include <fmt/format.h>

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

namespace fakes::slack {

namespace {

using nlohmann::json;

// Whether a text is UTF-8; JSON that was parsed is, JSON that was put together need not be.
bool is_utf8(const std::string& text) {
  try {
    (void)json(text).dump();
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

// Walks through a message and collects what is wrong with it.
class Checker {
 public:
  std::vector<Problem> take() { return std::move(problems_); }

  void message(const json& message) {
    if (!message.is_object()) return object("invalid_arguments", "", "no object");
    members(
        "", message,
        {"text", "blocks", "attachments", "metadata", "unfurl_links", "unfurl_media", "mrkdwn", "parse", "link_names",
         "channel", "ts", "thread_ts", "reply_broadcast", "username", "icon_url", "icon_emoji", "file_ids"});
    for (const char* name : {"unfurl_links", "unfurl_media", "mrkdwn", "reply_broadcast"}) boolean("", message, name);
    bool has_content = text_of(message);
    has_content |= !message.value("blocks", json::array()).empty();
    has_content |= !message.value("attachments", json::array()).empty();
    if (!has_content) object("no_text", "", "neither text nor blocks nor attachments");
    if (message.contains("blocks")) blocks("/blocks", message["blocks"]);
    if (message.contains("attachments")) attachments(message["attachments"]);
    if (message.contains("metadata")) metadata(message["metadata"]);
    totals();
  }

 private:
  void object(std::string error, std::string where, std::string what) {
    problems_.push_back({std::move(error), std::move(where), std::move(what)});
  }
  void refuse(const std::string& where, std::string what) { object("invalid_blocks", where, std::move(what)); }

  void members(const std::string& where, const json& value, std::initializer_list<const char*> known) {
    std::set<std::string> names(known.begin(), known.end());
    for (const auto& [name, member] : value.items()) {
      if (!names.contains(name)) refuse(where, "unknown member " + name);
    }
  }

  void boolean(const std::string& where, const json& value, const char* name) {
    if (value.contains(name) && !value[name].is_boolean()) refuse(where + "/" + name, "not true or false");
  }

  // A string of at least `least` and at most `most` characters.
  bool string(const std::string& where, const json& value, const char* name, std::size_t least, std::size_t most) {
    auto at = where + "/" + name;
    if (!value.contains(name) || !value[name].is_string()) {
      if (least > 0 || value.contains(name)) refuse(at, "no text");
      return false;
    }
    const auto& text = value[name].get_ref<const std::string&>();
    auto count = characters(text);
    if (!is_utf8(text)) refuse(at, "not UTF-8");
    if (count < least || count > most) refuse(at, fmt::format("{} characters, {} to {} are taken", count, least, most));
    return true;
  }

  void count_characters(const std::string& text) { characters_ += characters(text); }

  bool text_of(const json& message) {
    if (!message.contains("text")) return false;
    if (!message["text"].is_string()) return object("invalid_arguments", "/text", "no text"), false;
    const auto& text = message["text"].get_ref<const std::string&>();
    constexpr std::size_t kLongestText = 4000;
    if (characters(text) > kLongestText) object("msg_too_long", "/text", "more than 4,000 characters");
    if (!is_utf8(text)) object("invalid_arguments", "/text", "not UTF-8");
    for (auto& what : problems_of_mrkdwn(text)) object("invalid_arguments", "/text", std::move(what));
    return !text.empty();
  }

  void attachments(const json& list) {
    constexpr std::size_t kMost = 100;
    if (!list.is_array()) return object("invalid_attachments", "/attachments", "no array");
    if (list.size() > kMost) object("too_many_attachments", "/attachments", "more than 100");
    for (std::size_t i = 0; i < list.size(); ++i) {
      auto where = fmt::format("/attachments/{}", i);
      members(where, list[i], {"color", "fallback", "blocks"});
      static const std::regex kColour("good|warning|danger|#[0-9a-fA-F]{6}");
      auto colour = list[i].value("color", "good");
      if (!std::regex_match(colour, kColour)) object("invalid_attachments", where + "/color", colour);
      string(where, list[i], "fallback", 0, 4000);
      if (list[i].contains("blocks")) blocks(where + "/blocks", list[i]["blocks"]);
    }
  }

  // https://docs.slack.dev/messaging/message-metadata
  void metadata(const json& value) {
    auto fail = [&](std::string what) { object("invalid_metadata_format", "/metadata", std::move(what)); };
    if (!value.is_object() || !value.contains("event_type") || !value["event_type"].is_string())
      return fail("event_type");
    if (!value.contains("event_payload") || !value["event_payload"].is_object()) return fail("event_payload");
    if (value.size() != 2) fail("unknown members");
    constexpr std::size_t kLargest = 8000;
    try {
      if (value.dump().size() > kLargest) object("metadata_too_large", "/metadata", "more than 8,000 bytes");
    } catch (const json::exception&) {
      fail("not UTF-8");
    }
  }

  void totals() {
    constexpr std::size_t kMostBlocks = 50;
    // 13,200 were measured to be too many, with markup of different kinds.
    constexpr std::size_t kMostCharacters = 12'000;
    constexpr std::size_t kMostTables = 1;
    if (blocks_ > kMostBlocks) refuse("", fmt::format("{} blocks, 50 are taken", blocks_));
    if (characters_ > kMostCharacters) {
      object("msg_blocks_too_long", "", fmt::format("{} characters over all blocks, 12,000 are taken", characters_));
    }
    if (tables_ > kMostTables) object("invalid_attachments", "", "only_one_table_allowed");
  }

  void blocks(const std::string& where, const json& list) {
    if (!list.is_array()) return refuse(where, "no array");
    blocks_ += list.size();
    for (std::size_t i = 0; i < list.size(); ++i) block(fmt::format("{}/{}", where, i), list[i]);
  }

  void block(const std::string& where, const json& block) {
    if (!block.is_object() || !block.value("type", json()).is_string()) return refuse(where, "no type");
    auto type = block["type"].get<std::string>();
    if (string(where, block, "block_id", 0, 255) && !ids_.insert(block["block_id"]).second) {
      refuse(where + "/block_id", "used twice");
    }
    if (type == "header") return header(where, block);
    if (type == "section") return section(where, block);
    if (type == "context") return context(where, block);
    if (type == "divider") return members(where, block, {"type", "block_id"});
    if (type == "image") return image(where, block, true);
    if (type == "actions") return actions(where, block);
    if (type == "rich_text") return rich_text(where, block);
    if (type == "table") return table(where, block);
    refuse(where, "unknown type " + type);
  }

  // https://docs.slack.dev/reference/block-kit/composition-objects/text-object
  void text_object(const std::string& where, const json& value, std::size_t most, bool may_be_mrkdwn = false) {
    if (!value.is_object()) return refuse(where, "no text object");
    auto type = value.value("type", "");
    bool is_mrkdwn = type == "mrkdwn" && may_be_mrkdwn;
    if (!is_mrkdwn && type != "plain_text") return refuse(where, "a text of type '" + type + "'");
    is_mrkdwn ? members(where, value, {"type", "text", "verbatim"}) : members(where, value, {"type", "text", "emoji"});
    boolean(where, value, is_mrkdwn ? "verbatim" : "emoji");
    if (!string(where, value, "text", 1, most)) return;
    const auto& text = value["text"].get_ref<const std::string&>();
    count_characters(text);
    auto problems = problems_of_mrkdwn(text);
    // Slack takes these, and shows them wrong.
    for (auto& what : problems) refuse(where, std::move(what));
    if (!is_mrkdwn && !live_parts(text).empty()) refuse(where, "markup in a plain text");
  }

  void header(const std::string& where, const json& block) {
    members(where, block, {"type", "block_id", "text"});
    text_object(where + "/text", block.value("text", json()), 150);
  }

  void section(const std::string& where, const json& block) {
    members(where, block, {"type", "block_id", "text", "fields", "accessory", "expand"});
    boolean(where, block, "expand");
    bool has_fields = block.contains("fields");
    if (!has_fields && !block.contains("text")) return refuse(where, "neither text nor fields");
    if (block.contains("text")) text_object(where + "/text", block["text"], 3000, true);
    if (block.contains("accessory")) element(where + "/accessory", block["accessory"]);
    if (!has_fields) return;
    const auto& fields = block["fields"];
    if (!fields.is_array() || fields.empty() || fields.size() > 10)
      return refuse(where + "/fields", "1 to 10 are taken");
    for (std::size_t i = 0; i < fields.size(); ++i)
      text_object(fmt::format("{}/fields/{}", where, i), fields[i], 2000, true);
  }

  void context(const std::string& where, const json& block) {
    members(where, block, {"type", "block_id", "elements"});
    auto elements = block.value("elements", json());
    if (!elements.is_array() || elements.empty() || elements.size() > 10)
      return refuse(where, "1 to 10 elements are taken");
    for (std::size_t i = 0; i < elements.size(); ++i) {
      auto at = fmt::format("{}/elements/{}", where, i);
      elements[i].value("type", "") == "image" ? image(at, elements[i], false)
                                               : text_object(at, elements[i], 3000, true);
    }
  }

  void image(const std::string& where, const json& image, bool is_block) {
    is_block ? members(where, image, {"type", "block_id", "alt_text", "image_url", "slack_file", "title"})
             : members(where, image, {"type", "alt_text", "image_url", "slack_file"});
    if (string(where, image, "alt_text", 1, 2000)) count_characters(image["alt_text"]);
    if (image.contains("title")) text_object(where + "/title", image["title"], 2000);
    if (image.contains("image_url") == image.contains("slack_file")) {
      return refuse(where, "needs either image_url or slack_file");
    }
    if (image.contains("image_url")) {
      string(where, image, "image_url", 1, 3000);
      return;
    }
    const auto& file = image["slack_file"];
    static const std::regex kFileId("F[A-Z0-9]{8,}");
    bool is_good =
        file.is_object() && file.size() == 1 &&
        (file.contains("id") ? std::regex_match(file["id"].get<std::string>(), kFileId) : file.contains("url"));
    if (!is_good) refuse(where + "/slack_file", "invalid slack file");
  }

  void actions(const std::string& where, const json& block) {
    members(where, block, {"type", "block_id", "elements"});
    auto elements = block.value("elements", json());
    if (!elements.is_array() || elements.empty() || elements.size() > 25)
      return refuse(where, "1 to 25 elements are taken");
    for (std::size_t i = 0; i < elements.size(); ++i) element(fmt::format("{}/elements/{}", where, i), elements[i]);
  }

  // Buttons are all that there is so far.
  void element(const std::string& where, const json& value) {
    if (!value.is_object() || value.value("type", "") != "button") return refuse(where, "no button");
    members(where, value, {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"});
    text_object(where + "/text", value.value("text", json()), 75);
    if (string(where, value, "action_id", 0, 255) && !actions_.insert(value["action_id"]).second) {
      refuse(where + "/action_id", "used twice");
    }
    if (value.contains("url")) string(where, value, "url", 1, 3000);
    string(where, value, "value", 0, 2000);
    string(where, value, "accessibility_label", 0, 75);
    auto style = value.value("style", "primary");
    if (style != "primary" && style != "danger") refuse(where + "/style", style);
    if (value.contains("confirm")) confirm(where + "/confirm", value["confirm"]);
  }

  void confirm(const std::string& where, const json& value) {
    members(where, value, {"title", "text", "confirm", "deny", "style"});
    text_object(where + "/title", value.value("title", json()), 100);
    text_object(where + "/text", value.value("text", json()), 300, true);
    text_object(where + "/confirm", value.value("confirm", json()), 30);
    text_object(where + "/deny", value.value("deny", json()), 30);
  }

  // Sections, preformatted texts and quotes of text and links; no markup is read in them.
  void rich_text(const std::string& where, const json& block) {
    members(where, block, {"type", "block_id", "elements"});
    auto elements = block.value("elements", json());
    if (!elements.is_array() || elements.empty()) return refuse(where, "no elements");
    for (std::size_t i = 0; i < elements.size(); ++i) {
      auto at = fmt::format("{}/elements/{}", where, i);
      auto type = elements[i].value("type", "");
      if (type != "rich_text_section" && type != "rich_text_preformatted" && type != "rich_text_quote") {
        refuse(at, "unknown type " + type);
        continue;
      }
      members(at, elements[i], {"type", "elements", "border"});
      rich_texts(at, elements[i].value("elements", json()));
    }
  }

  void rich_texts(const std::string& where, const json& elements) {
    if (!elements.is_array() || elements.empty()) return refuse(where, "no elements");
    for (std::size_t i = 0; i < elements.size(); ++i) {
      auto at = fmt::format("{}/elements/{}", where, i);
      if (elements[i].value("type", "") != "text") {
        refuse(at, "unknown type");
        continue;
      }
      members(at, elements[i], {"type", "text", "style"});
      if (string(at, elements[i], "text", 1, 12'000)) count_characters(elements[i]["text"]);
    }
  }

  void table(const std::string& where, const json& block) {
    members(where, block, {"type", "block_id", "rows", "column_settings"});
    ++tables_;
    auto rows = block.value("rows", json());
    if (!rows.is_array() || rows.empty() || rows.size() > 100) return refuse(where + "/rows", "1 to 100 are taken");
    if (block.value("column_settings", json::array()).size() > 20) refuse(where + "/column_settings", "more than 20");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto at = fmt::format("{}/rows/{}", where, i);
      if (!rows[i].is_array() || rows[i].empty() || rows[i].size() > 20) {
        refuse(at, "1 to 20 cells are taken");
        continue;
      }
      for (std::size_t n = 0; n < rows[i].size(); ++n) cell(fmt::format("{}/{}", at, n), rows[i][n]);
    }
  }

  void cell(const std::string& where, const json& cell) {
    if (cell.value("type", "") == "rich_text") return rich_text(where, cell);
    if (cell.value("type", "") != "raw_text") return refuse(where, "neither raw_text nor rich_text");
    members(where, cell, {"type", "text"});
    if (string(where, cell, "text", 1, 12'000)) count_characters(cell["text"]);
  }

  std::vector<Problem> problems_;
  std::size_t blocks_ = 0;
  std::size_t characters_ = 0;
  std::size_t tables_ = 0;
  std::set<std::string> ids_;
  std::set<std::string> actions_;
};

}  // namespace

std::string to_string(const Problem& problem) { return problem.error + " " + problem.where + ": " + problem.what; }

std::vector<Problem> problems_of(const json& message) {
  Checker checker;
  checker.message(message);
  return checker.take();
}

}  // namespace fakes::slack
