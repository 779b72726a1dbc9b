// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sinks/sink.h"
#include "sinks/slack/api.h"
#include "sinks/slack/files.h"
#include "sinks/slack/history.h"
#include "sinks/slack/message.h"
#include "sinks/slack/note.h"
#include "sinks/slack/options.h"

namespace sinks::slack {

// One delivery on its way into the incident's message: pictures are uploaded, the message is posted or edited, its
// thread gets the texts and, within a bound, a reply. What fails beside the message itself never fails the delivery but
// for a reply that may pass later.
//
// Before it posts where an attempt before may have arrived, it looks into the channel for the message; where it can't
// look, what it posts says that it may be a repeat. Everything that an attempt has done is in the note, so that the
// next goes on from there.
class LivingMessage {
 public:
  // What it works with; outlives it.
  struct Deps {
    const Options& options;
    Api& api;
    Files& files;
    History& history;
    base::Clock& clock;
  };

  LivingMessage(const Deps& deps, Sending& sending);

  // Keeps the note of `sending` up to date in any case.
  base::Task<base::Result<Reply>> tell();

 private:
  using Compose = std::function<std::string(const Shown&)>;

  // living_message.cc: the message.
  base::Task<Called<>> open();
  base::Task<Called<>> edit();
  base::Task<Called<>> open_in_thread();
  void opened(const Api::Answer& posted);
  base::Task<Called<Api::Answer>> post_into(std::string channel, bool is_doubtful);
  base::Task<Called<std::optional<History::Message>>> look_back(std::string channel);
  base::Task<Called<Api::Answer>> say(std::string method, nlohmann::json to, Compose compose, bool is_doubtful = false);
  base::Task<Called<>> join(std::string channel);
  bool is_in_the_dark() const;
  bool is_reminder() const;
  void keep(const Called<>& ended);

  // evidence.cc: what is in it and below it.
  base::Task<void> gather();
  std::size_t show(const Evidence& drawn);
  base::Task<void> wait_for_pictures(base::Deadline until);
  base::Task<void> show_late_pictures();
  base::Task<void> share_texts();
  base::Task<Called<>> reply();
  base::Task<bool> was_replied();
  bool will_reply() const;
  void keep_texts(bool wanted);
  Shown shown() const;
  std::string summary() const;

  const Deps deps_;
  Sending& sending_;
  const schemas::Delivery& delivery_;
  const schemas::Transition& transition_;
  const Style style_;
  Note note_;
  bool opened_ = false;    // This attempt posted the message, or found it again.
  bool replaces_ = false;  // The message that was there is gone.
  bool is_minimal_ = false;
  bool is_doubtful_ = false;
  bool has_replied_ = false;
  std::vector<std::string> pending_;  // Pictures that can't be shown yet, by id.
  std::vector<Upload> texts_;
  std::vector<std::size_t> texts_at_;  // Their positions among the uploads.
};

}  // namespace sinks::slack
