// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "sinks/grouping/summary.h"
#include "sinks/render/shrink.h"
#include "sinks/slack/buttons.h"
#include "sinks/slack/living_message.h"

namespace sinks::slack {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How long the message waits for its pictures: for their upload and, after that, until Slack can show them. Beyond it
// is posted without, and gets them by an edit.
constexpr seconds kUploads(5);
constexpr seconds kUsable(3);
constexpr milliseconds kFirstPause(250);
// What is kept of the attempt's time for the message itself, and for what follows it.
constexpr seconds kReserve(3);

base::Deadline within(seconds time, base::Deadline deadline) { return std::min(base::in(time), deadline - kReserve); }

}  // namespace

// Draws what the transition brings, and uploads the pictures that are not there yet.
base::Task<void> LivingMessage::gather() {
  if (!brings_evidence(transition_) || is_reminder()) co_return;
  Evidence drawn = draw(transition_.finding, style_);
  std::size_t first = show(drawn);
  auto until = within(kUploads, sending_.deadline);
  for (std::size_t i = 0; i < drawn.uploads.size(); ++i) {
    Upload& upload = drawn.uploads[i];
    if (!upload.is_image) {
      texts_.push_back(std::move(upload));
      texts_at_.push_back(first + i);
    } else if (note_.files[first + i].empty()) {
      auto id = co_await deps_.files.upload(std::move(upload), until);
      if (id) {
        note_.files[first + i] = id.value();
        pending_.push_back(id.value());
      } else {
        base::log::warn("slack: a picture could not be uploaded, the message goes without it",
                        {{"sink", delivery_.sink}, {"why", id.error().error.message}});
      }
    }
  }
  bool will_share = note_.ts.empty() || will_reply() || note_.shared == transition_.id;
  bool is_more = !will_share && !texts_.empty();
  // What joins does not take the place of what was cut before.
  if (is_more || !note_.joined) keep_texts(is_more);
  co_await wait_for_pictures(within(kUsable, sending_.deadline));
}

// Puts it into the note: in the place of what was shown, but that an analysis and evidence, or evidence and what came
// late of it, stand side by side. Where its uploads begin among the files.
std::size_t LivingMessage::show(const Evidence& drawn) {
  const auto& finding = transition_.finding;
  bool is_analysis = finding.type == schemas::FindingType::kAiAnalysis;
  bool is_late = !finding.follows.empty();
  // Of late ones there may be several.
  std::size_t most = is_late ? 3 * kMostUploads : kMostUploads;
  bool joins = is_remark(finding) && !note_.evidence_of.empty() && note_.files.size() <= most;
  if (note_.evidence_of != transition_.id) {
    note_.joined = joins;
    auto before = static_cast<int>(note_.files.size());
    if (joins && is_late) {
      auto action = finding.enrichments.empty() ? std::string() : finding.enrichments[0].action;
      note_.evidence = slack::join_late(note_.evidence, drawn.json, action, before);
    } else if (joins) {
      note_.evidence = slack::join(note_.evidence, drawn.json, before);
    } else {
      note_.evidence = is_analysis ? drawn.json : slack::join(drawn.json, note_.evidence, std::nullopt);
      note_.files.clear();
    }
    note_.evidence_of = transition_.id;
    note_.files.resize(note_.files.size() + drawn.uploads.size());
  }
  // An earlier version may have drawn other uploads.
  if (note_.files.size() < drawn.uploads.size()) note_.files.resize(drawn.uploads.size());
  return note_.joined ? note_.files.size() - drawn.uploads.size() : 0;
}

// Until all can be shown, or the time is over.
base::Task<void> LivingMessage::wait_for_pictures(base::Deadline until) {
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  for (milliseconds wait = kFirstPause; !pending_.empty(); wait *= 2) {
    std::vector<std::string> still;
    for (const auto& id : pending_) {
      auto usable = co_await deps_.files.is_usable(id, until);
      if (!usable || !usable.value()) still.push_back(id);
    }
    pending_ = std::move(still);
    if (pending_.empty() || std::chrono::steady_clock::now() + wait > until) co_return;
    pause.expires_after(wait);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
}

// The message is out without them.
base::Task<void> LivingMessage::show_late_pictures() {
  if (pending_.empty()) co_return;
  auto missing = pending_.size();
  co_await wait_for_pictures(sending_.deadline - kReserve);
  if (pending_.size() < missing) {
    if (auto edited = co_await edit(); !edited) {
      base::log::warn("slack: a picture could not be added to its message",
                      {{"sink", delivery_.sink}, {"why", edited.error().error.message}});
    }
  }
  // What can't be shown by now is uploaded again with the next evidence, not with each edit.
  for (auto& id : note_.files) {
    if (std::find(pending_.begin(), pending_.end(), id) != pending_.end()) id.clear();
  }
}

Shown LivingMessage::shown() const {
  Shown shown{.evidence = note_.evidence, .file_ids = note_.files};
  if (deps_.options.has_buttons) {
    shown.actions = buttons_of(delivery_, {.silences = deps_.options.silences.has_value(), .evidence = note_.has_more});
  }
  for (auto& id : shown.file_ids) {
    if (std::find(pending_.begin(), pending_.end(), id) != pending_.end()) id.clear();
  }
  return shown;
}

bool LivingMessage::will_reply() const {
  using schemas::TransitionState;
  if (transition_.cause == kSummaryCause) return false;
  if (transition_.cause == "severity_rise" || transition_.state == TransitionState::kReopened) return true;
  // Reminders end when somebody has taken the incident on; one may have been on its way.
  if (is_reminder()) return !transition_.incident.acknowledged;
  return transition_.state == TransitionState::kUpdated && brings_evidence(transition_) &&
         note_.replies < deps_.options.thread_replies;
}

base::Task<Called<>> LivingMessage::reply() {
  bool shouts = transition_.cause == "severity_rise" || is_reminder();
  bool calls = shouts || transition_.state == schemas::TransitionState::kReopened;
  if (opened_ || !will_reply() || note_.replied == delivery_.id) co_return boost::outcome_v2::success();
  if (!co_await was_replied()) {
    nlohmann::json to = {{"channel", note_.channel}, {"thread_ts", note_.root()}};
    // An edit calls nobody: what is worse than before, or still there, is shown in the channel too.
    if (shouts) to["reply_broadcast"] = true;
    auto compose = [this](const Shown& shown) { return compose_reply(delivery_, shown, style_); };
    auto said = co_await say("chat.postMessage", std::move(to), compose);
    if (!said && (said.error().trouble == Trouble::kPassing || said.error().trouble == Trouble::kLimited)) {
      co_return said.error();
    }
    if (!said) {
      base::log::warn("slack: a thread takes no reply",
                      {{"sink", delivery_.sink}, {"why", said.error().error.message}});
    }
  }
  has_replied_ = true;
  note_.replied = delivery_.id;
  if (!calls) ++note_.replies;
  co_return boost::outcome_v2::success();
}

// By an attempt before.
base::Task<bool> LivingMessage::was_replied() {
  if (!is_in_the_dark()) co_return false;
  auto found = co_await deps_.history.has_reply(note_.channel, note_.root(), delivery_.id, sending_.deadline);
  co_return found&& found.value();
}

// What is not put into the thread is kept for who asks for it.
void LivingMessage::keep_texts(bool wanted) {
  note_.has_more = false;
  sending_.kept.clear();
  if (!wanted || !deps_.options.has_buttons) return;
  auto kept = encode_within(transition_, Sending::kMostKept, "slack");
  if (!kept) return;
  sending_.kept = std::move(kept.value());
  note_.has_more = true;
}

// At most once: they are a help, and a second copy would not be.
base::Task<void> LivingMessage::share_texts() {
  if (texts_.empty() || note_.shared == transition_.id || (!opened_ && !has_replied_)) co_return;
  note_.shared = transition_.id;
  auto shared = co_await deps_.files.share(std::move(texts_), {note_.channel, note_.root()}, sending_.deadline);
  if (shared) {
    for (std::size_t i = 0; i < shared.value().size(); ++i) note_.files[texts_at_[i]] = shared.value()[i];
    co_return;
  }
  keep_texts(true);
  base::log::warn("slack: files could not be put into a message's thread",
                  {{"sink", delivery_.sink}, {"why", shared.error().error.message}});
}

// For the receipt.
std::string LivingMessage::summary() const {
  std::string text = (opened_ ? "posted " : "edited ") + note_.channel + " " + note_.ts;
  if (transition_.command) text += ", " + transition_.cause + " by " + person_of(*transition_.command);
  if (has_replied_) text += ", replied";
  for (const auto& id : note_.files) text += id.empty() ? "" : ", file " + id;
  if (is_minimal_) text += ", in minimal form";
  if (is_doubtful_) text += ", perhaps a repeat";
  return text;
}

}  // namespace sinks::slack
