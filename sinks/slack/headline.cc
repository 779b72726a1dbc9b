// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/headline.h"

#include <fmt/format.h>

#include <algorithm>

#include "sinks/grouping/summary.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

namespace {

using schemas::Severity;
using schemas::Transition;
using schemas::TransitionState;

constexpr std::size_t kLongestName = 120;

struct Look {
  const char* emoji;
  const char* name;
  const char* colour;
};

const Look& look_of(Severity severity) {
  static constexpr Look kLooks[] = {
      {"⚪", "Debug", "#9aa0a6"},  {"🔵", "Info", "#2f81f7"}, {"🟡", "Low", "#d9a514"},
      {"🟠", "Medium", "#e8730c"}, {"🔴", "High", "#d92d20"}, {"🚨", "Critical", "#8c0d0d"},
  };
  auto at = static_cast<std::size_t>(severity);
  return kLooks[std::min(at, std::size(kLooks) - 1)];
}
constexpr const char* kGreen = "#2eb67d";

bool ends(const Transition& transition) { return transition.state == TransitionState::kResolved; }
// Evidence and analyses may come after the end.
bool is_over(const Transition& transition) { return ends(transition) || !transition.incident.open; }
// Or a summary: it counts others.
bool is_digest(const Transition& transition) {
  return transition.cause == "digest" || transition.cause == kSummaryCause;
}

std::string name(std::string_view text) { return escaped(clean_line(text.substr(0, 512)), kLongestName); }

void add(std::string& line, std::string part) {
  if (part.empty()) return;
  if (!line.empty()) line += "  ·  ";
  line += part;
}

base::Time since(const Transition& transition) {
  const auto& incident = transition.incident;
  if (incident.opened.time_since_epoch().count() != 0) return incident.opened;
  return transition.finding.starts_at.value_or(transition.finding.created);
}

base::Time until(const Transition& transition) { return transition.incident.resolved.value_or(transition.at); }

std::string bold(std::string text) {
  std::replace(text.begin(), text.end(), '*', ' ');
  return text.empty() ? text : "*" + text + "*";
}

// "deployment *web*": the owner that the incident is about, else the subject.
std::string owner_text(const Transition& transition) {
  const auto& identity = transition.incident.identity;
  const auto& subject = transition.finding.subject;
  bool has_owner = !identity.owner_name.empty();
  auto kind = name(has_owner ? identity.owner_kind : subject.kind);
  auto owner = bold(name(has_owner ? identity.owner_name : subject.name));
  if (owner.empty()) return {};
  return kind.empty() ? owner : kind + " " + owner;
}

// "pod web-1, container web, node node-7", without what was said of the owner.
std::string subject_text(const Transition& transition) {
  const auto& identity = transition.incident.identity;
  const auto& subject = transition.finding.subject;
  std::string text;
  auto put = [&](std::string_view kind, const std::string& what) {
    if (what.empty()) return;
    text += (text.empty() ? "" : ", ") + name(kind) + (kind.empty() ? "" : " ") + name(what);
  };
  bool is_owner = identity.owner_name.empty() || subject.name == identity.owner_name;
  if (!is_owner) put(subject.kind, subject.name);
  put("container", subject.container);
  if (subject.kind != "node") put("node", subject.node);
  return text;
}

std::string times(std::int64_t count) { return count == 1 ? "once" : fmt::format("{} times", count); }

// The first words of what happened: fields of the first piece, else the description.
std::string gist(const Transition& transition) {
  for (const auto& enrichment : transition.finding.enrichments) {
    for (const auto& block : enrichment.blocks) {
      const auto* pairs = std::get_if<schemas::KeyValuesBlock>(&block);
      if (!pairs || enrichment.type.starts_with("alert_")) continue;
      std::string text;
      for (std::size_t i = 0; i < std::min<std::size_t>(4, pairs->pairs.size()); ++i) {
        const auto& [key, value] = pairs->pairs[i];
        text += (i == 0 ? "" : ", ") + clean_line(key.substr(0, 60)) + " " + clean_line(value.substr(0, 120));
      }
      return text;
    }
  }
  return clean_line(std::string_view(transition.finding.description).substr(0, 2000));
}

}  // namespace

std::string span_text(base::Time from, base::Time to) {
  auto left = std::chrono::floor<std::chrono::seconds>(to) - std::chrono::floor<std::chrono::seconds>(from);
  constexpr std::chrono::seconds kLongest = std::chrono::hours(24 * 365 * 100);
  if (left < std::chrono::seconds(0) || left > kLongest) return {};
  std::int64_t seconds = left.count();
  auto two = [](std::int64_t big, const char* unit, std::int64_t small, const char* smaller) {
    return small > 0 ? fmt::format("{} {} {} {}", big, unit, small, smaller) : fmt::format("{} {}", big, unit);
  };
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 86400) return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
  return two(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

std::string emoji_of(Severity severity) { return look_of(severity).emoji; }

std::string state_text(const Transition& transition) {
  const auto& look = look_of(transition.incident.severity);
  if (is_over(transition)) {
    auto span = span_text(since(transition), until(transition));
    std::string verb = transition.incident.inferred_end ? "Quiet, taken for resolved" : "Resolved";
    return "✅ " + verb + (span.empty() || is_digest(transition) ? "" : " after " + span);
  }
  std::string text = std::string(look.emoji) + " " + look.name;
  return transition.state == TransitionState::kReopened ? text + " again" : text;
}

std::string title_line(const Transition& transition, const Style& style) {
  const auto& given = transition.finding.title.empty() ? transition.incident.title : transition.finding.title;
  auto title = clean_line(std::string_view(given).substr(0, 4096));
  if (title.empty()) title = "Finding without a title";
  std::string prefix = style.title_prefix.empty() ? "" : clean_line(style.title_prefix) + " ";
  return state_text(transition) + " · " + prefix + title;
}

std::string colour_of(const Transition& transition) {
  return is_over(transition) ? kGreen : look_of(transition.incident.severity).colour;
}

std::string where_line(const Transition& transition) {
  const auto& identity = transition.incident.identity;
  const auto& subject = transition.finding.subject;
  std::string line;
  if (is_over(transition)) add(line, std::string("was ") + look_of(transition.incident.severity).name);
  const auto& cluster = identity.cluster.empty() ? transition.finding.incident.cluster : identity.cluster;
  add(line, name(cluster));
  const auto& space = identity.name_space.empty() ? subject.name_space : identity.name_space;
  add(line, name(space));
  add(line, owner_text(transition));
  add(line, subject_text(transition));
  return line;
}

std::string when_line(const Transition& transition) {
  const auto& incident = transition.incident;
  std::string line;
  if (is_over(transition)) {
    add(line, "From " + moment(since(transition)) + " to " + moment(until(transition)));
    if (incident.inferred_end) add(line, "no end was told, it fell silent");
  } else {
    add(line, "Since " + moment(since(transition)));
  }
  if (is_digest(transition)) {
    add(line, fmt::format("{} deliveries", incident.count));
  } else if (incident.count > 1) {
    auto seen = "seen " + times(incident.count);
    if (!is_over(transition) && incident.last_seen > since(transition)) seen += ", last " + moment(incident.last_seen);
    add(line, seen);
  }
  auto open = static_cast<std::int64_t>(incident.members.size()) + incident.members_not_listed;
  if (open > 1 && !is_over(transition)) add(line, fmt::format("{} open", open));
  return line;
}

std::string acknowledged_line(const schemas::Delivery& delivery) {
  const auto& taken = delivery.transition.incident.acknowledged;
  if (!taken) return {};
  // Only in the workspace where it was said do its ids mean somebody.
  auto who = taken->sink == delivery.sink ? mention(taken->by) : name(taken->by_name);
  return "👀 Acknowledged by " + (who.empty() ? "somebody" : who) + ", " + moment(taken->at);
}

std::string fallback_text(const Transition& transition, const Style& style, std::size_t limit) {
  const auto& identity = transition.incident.identity;
  auto text = cut(title_line(transition, style), std::min<std::size_t>(limit, 200));
  std::string where;
  auto put = [&](const std::string& part) {
    auto shown = cut(clean_line(part.substr(0, 512)), 60);
    if (!shown.empty()) where += (where.empty() ? "" : " / ") + shown;
  };
  put(identity.cluster);
  put(identity.name_space.empty() ? transition.finding.subject.name_space : identity.name_space);
  put(identity.owner_name.empty() ? transition.finding.subject.name : identity.owner_name);
  if (!where.empty()) text += "\n" + where;
  if (transition.incident.count > 1) text += (where.empty() ? "\n" : ", ") + times(transition.incident.count);
  if (!is_over(transition)) {
    if (auto what = gist(transition); !what.empty()) text += "\n" + what;
  }
  return escaped(text, limit);
}

std::string cause_line(const Transition& transition) {
  const auto& cause = transition.cause;
  if (ends(transition)) return "*" + state_text(transition) + "*";
  if (transition.state == TransitionState::kReopened) return "🔁 *Back again*";
  if (cause == "new_member") return "➕ *One more of the same*";
  if (cause == "severity_rise") return "⬆️ *Worse: " + state_text(transition) + "*";
  if (cause == "acknowledged") return "👀 *Acknowledged*";
  if (cause == "new_evidence") return "🔎 *New evidence*";
  if (cause == "member_resolved") return "➖ *One of them is over*";
  std::string words = name(cause.empty() ? "update" : cause);
  std::replace(words.begin(), words.end(), '_', ' ');
  std::replace(words.begin(), words.end(), '*', ' ');
  return "📌 *" + words + "*";
}

std::string identity_line(const Transition& transition) {
  const auto& incident = transition.incident;
  std::string line = "tocsin";
  add(line, name(incident.identity.family));
  if (auto id = name(incident.id.substr(0, 12)); !id.empty()) add(line, "incident " + id);
  if (auto key = name(incident.identity.key.substr(0, 12)); !key.empty()) add(line, "key " + key);
  return line;
}

}  // namespace sinks::slack
