// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/asked.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "sinks/slack/blocks.h"
#include "sinks/slack/message.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

using net::alertmanager::Silence;
using nlohmann::json;

namespace {

// What is kept of the attempt's time for the answer.
constexpr std::chrono::seconds kReserve(5);
// A second click asks for an end that is later by the time between the clicks.
constexpr std::chrono::minutes kSameEnd(5);
constexpr std::size_t kMostMatchers = 20;

std::string matchers_text(const schemas::Labels& labels) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& [name, value] : labels) {
    if (shown++ == kMostMatchers) return text + ", …";
    text += (text.empty() ? "" : ", ") + name + "=\"" + value + "\"";
  }
  return text;
}

std::string id_mark(const schemas::Command& command) { return "request " + command.id; }
std::string incident_mark(const schemas::Command& command) { return "tocsin incident " + command.incident_id; }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

Asked::Asked(const Deps& deps, Sending& sending)
    : deps_(deps),
      sending_(sending),
      transition_(sending.delivery.transition),
      command_(*sending.delivery.transition.command),
      note_(decode_note(sending.note)) {}

base::Task<base::Result<Reply>> Asked::answer() {
  sending_.limited = Limited::kDelivery;
  // The message is gone, or was told in a digest since.
  if (note_.ts.empty()) co_return Reply{.detail = "not answered: the incident has no message here"};
  bool is_silence = command_.action == schemas::CommandAction::kSilence;
  bool is_over = transition_.cause == schemas::kTooLateCause;
  auto done = co_await (is_over ? say_it_is_over() : is_silence ? silence() : show_evidence());
  bool is_dark = !done && done.error().trouble == Trouble::kPassing;
  note_.in_the_dark = is_dark ? sending_.delivery.id : std::string();
  if (!is_dark) note_.dark_since.reset();
  if (is_dark) note_.dark_since = deps_.clock.now();
  sending_.note = encode(note_);
  if (!done) co_return done.error().error;
  co_return Reply{.detail = done.value() + ", asked by " + person_of(command_)};
}

std::string Asked::comment() const {
  auto title = cut(clean_line(std::string_view(transition_.incident.title).substr(0, 1024)), 200);
  return fmt::format("{} (from Slack; {}, {})", title, incident_mark(command_), id_mark(command_));
}

base::Task<Called<std::string>> Asked::silence() {
  const auto& labels = transition_.finding.subject.labels;
  const auto ends = command_.at + std::chrono::hours(command_.hours);
  auto failed = [&](const std::string& why) {
    return fmt::format("⚠️ *Not silenced*, as {} asked: {}", command_.by, escaped(clean_line(why), 500));
  };
  auto told = [&](const std::string& text, std::string detail) -> base::Task<Called<std::string>> {
    auto said = co_await say(text);
    if (!said) co_return said.error();
    co_return detail;
  };
  auto name = labels.find("alertname");
  if (!deps_.options.silences || name == labels.end()) {
    co_return co_await told(failed("silences are not configured for this sink"), "not silenced");
  }
  if (ends <= deps_.clock.now()) {
    co_return co_await told(failed("the time that was asked for is over by now"), "not silenced, too late");
  }
  auto deadline = sending_.deadline - kReserve;
  net::alertmanager::Silences silences(deps_.http, deps_.options.silences->alertmanager_url,
                                       deps_.options.silences->access);
  auto active = co_await silences.active("alertname", name->second, deadline);
  if (!active) co_return co_await told(failed(active.error().message), "not silenced: " + active.error().message);
  const auto& list = active.value();
  auto ours = std::find_if(list.begin(), list.end(),
                           [&](const Silence& one) { return contains(one.comment, id_mark(command_)); });
  bool is_made = ours != list.end();
  auto same = std::find_if(list.begin(), list.end(), [&](const Silence& one) {
    return contains(one.comment, incident_mark(command_)) && one.ends + kSameEnd >= ends;
  });
  if (!is_made && same != list.end()) co_return "silenced before, " + same->id;
  std::string id = is_made ? ours->id : std::string();
  if (!is_made) {
    auto now = deps_.clock.now();
    auto created = co_await silences.create({.matchers = {labels.begin(), labels.end()},
                                             .starts = now,
                                             .ends = ends,
                                             .created_by = person_of(command_) + " (Slack)",
                                             .comment = comment()},
                                            deadline);
    if (!created) {
      auto why = created.error().message;
      // Alertmanager may have made it.
      if (!created.error().retry.is_never()) why = "it can't be told whether it was made, " + why;
      co_return co_await told(failed(why), "not silenced: " + why);
    }
    id = created.value();
  }
  auto text = fmt::format("🔕 *Silenced for {} h* by {}, until {}\nSilence {} for {}", command_.hours, command_.by,
                          moment(ends), code(id, 80), code(matchers_text(labels), 1500));
  co_return co_await told(text, "silenced until " + base::to_rfc3339(ends) + ", " + id);
}

base::Task<Called<std::string>> Asked::show_evidence() {
  auto kept = schemas::decode_transition(sending_.kept);
  if (!kept || note_.shared == kept.value().id) co_return std::string("shown before");
  auto drawn = draw(kept.value().finding, deps_.options.style());
  std::erase_if(drawn.uploads, [](const Upload& upload) { return upload.is_image; });
  // Only once it is in the thread, or the thread says why not: until then an attempt that follows needs it.
  auto settle = [&](std::string detail) {
    note_.shared = kept.value().id;
    note_.has_more = false;
    sending_.kept.clear();
    return detail;
  };
  if (drawn.uploads.empty()) co_return settle("nothing was cut");
  auto count = drawn.uploads.size();
  auto shared =
      co_await deps_.files.share(std::move(drawn.uploads), {note_.channel, note_.root()}, sending_.deadline - kReserve);
  if (shared) co_return settle(fmt::format("{} files in the thread", count));
  auto why = shared.error().error.message;
  auto said = co_await say("⚠️ *The evidence could not be shown*, as " + command_.by +
                           " asked: " + escaped(clean_line(why), 500));
  if (!said) co_return said.error();
  co_return settle("not shown: " + why);
}

base::Task<Called<std::string>> Asked::say_it_is_over() {
  auto since = transition_.incident.resolved ? ", since " + moment(*transition_.incident.resolved) : std::string();
  bool is_silence = command_.action == schemas::CommandAction::kSilence;
  auto said = co_await say(fmt::format("✅ *It is over already*{}: {} was not {}, as {} asked", since,
                                       is_silence ? "the alert" : "the incident",
                                       is_silence ? "silenced" : "acknowledged", command_.by));
  if (!said) co_return said.error();
  co_return std::string("it was over already");
}

base::Task<Called<>> Asked::say(std::string mrkdwn) {
  const auto& delivery = sending_.delivery;
  bool is_in_the_dark = sending_.maybe_sent || note_.in_the_dark == delivery.id;
  if (note_.replied == delivery.id) co_return boost::outcome_v2::success();
  if (is_in_the_dark) {
    auto found = co_await deps_.history.has_reply(note_.channel, note_.root(), delivery.id, sending_.deadline);
    if (found && found.value()) co_return boost::outcome_v2::success();
  }
  json message = json::parse(compose_answer(delivery, mrkdwn));
  message["channel"] = note_.channel;
  message["thread_ts"] = note_.root();
  auto body = message.dump(-1, ' ', false, json::error_handler_t::replace);
  auto said = co_await deps_.api.post("chat.postMessage", std::move(body), sending_.deadline, note_.channel);
  if (!said) co_return said.error();
  note_.replied = delivery.id;
  co_return boost::outcome_v2::success();
}

}  // namespace sinks::slack
