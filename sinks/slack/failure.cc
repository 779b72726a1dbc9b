// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/failure.h"

#include <algorithm>
#include <iterator>

namespace sinks::slack {

namespace {

using base::Reason;

struct Known {
  std::string_view code;
  Trouble trouble;
  std::string_view hint;
};

constexpr std::string_view kBadToken = "put a valid bot token of the installed app into api_key";
constexpr std::string_view kNoPosting = "the workspace does not let the app post there: ask its administrator";

constexpr Known kErrors[] = {
    {"ratelimited", Trouble::kLimited, ""},
    {"rate_limited", Trouble::kLimited, ""},
    {"internal_error", Trouble::kPassing, ""},
    {"fatal_error", Trouble::kPassing, ""},
    {"service_unavailable", Trouble::kPassing, ""},
    {"request_timeout", Trouble::kPassing, ""},
    {"team_added_to_org", Trouble::kPassing, "the workspace is being moved"},
    {"channel_not_found", Trouble::kChannel,
     "there is no such channel, or it is private: mend slack_channel, or write /invite @tocsin in it"},
    {"no_service", Trouble::kChannel, "the incoming webhook was removed: make a new one"},
    {"no_active_hooks", Trouble::kChannel, "the incoming webhook was switched off"},
    {"user_not_found", Trouble::kChannel, "there is no such user"},
    {"action_prohibited", Trouble::kChannel, kNoPosting},
    {"posting_to_general_channel_denied", Trouble::kChannel, kNoPosting},
    {"not_in_channel", Trouble::kNotIn, "invite the app: write /invite @tocsin in the channel"},
    {"is_archived", Trouble::kChannel, "the channel is archived: unarchive it, or name another in slack_channel"},
    {"channel_is_archived", Trouble::kChannel, "the channel is archived: unarchive it, or take another webhook"},
    {"no_permission", Trouble::kChannel, kNoPosting},
    {"ekm_access_denied", Trouble::kChannel, kNoPosting},
    {"messages_tab_disabled", Trouble::kChannel, "the app takes no direct messages: name a channel"},
    {"team_access_not_granted", Trouble::kChannel, kNoPosting},
    {"message_limit_exceeded", Trouble::kChannel, "the workspace's plan takes no more messages"},
    {"invalid_auth", Trouble::kCredentials, kBadToken},
    {"not_authed", Trouble::kCredentials, kBadToken},
    {"account_inactive", Trouble::kCredentials, "the app was removed from the workspace: install it again"},
    {"token_revoked", Trouble::kCredentials, kBadToken},
    {"token_expired", Trouble::kCredentials, kBadToken},
    {"not_allowed_token_type", Trouble::kCredentials, kBadToken},
    {"missing_scope", Trouble::kCredentials, "add the scope to the app and install it again"},
    {"access_denied", Trouble::kCredentials, kNoPosting},
    {"accesslimited", Trouble::kCredentials, kNoPosting},
    {"two_factor_setup_required", Trouble::kCredentials, "the account must set up two-factor authentication"},
    {"invalid_token", Trouble::kCredentials, "make a new incoming webhook"},
    {"team_disabled", Trouble::kCredentials, "the workspace was disabled"},
    {"no_team", Trouble::kCredentials, "there is no such workspace"},
    {"msg_too_long", Trouble::kContent, ""},
    {"msg_blocks_too_long", Trouble::kContent, ""},
    {"invalid_blocks", Trouble::kContent, ""},
    {"invalid_blocks_format", Trouble::kContent, ""},
    {"invalid_attachments", Trouble::kContent, ""},
    {"attachment_payload_limit_exceeded", Trouble::kContent, ""},
    {"too_many_attachments", Trouble::kContent, ""},
    {"no_text", Trouble::kContent, ""},
    {"metadata_too_large", Trouble::kContent, ""},
    {"invalid_metadata_format", Trouble::kContent, ""},
    {"invalid_metadata_schema", Trouble::kContent, ""},
    {"markdown_text_conflict", Trouble::kContent, ""},
    {"only_one_table_allowed", Trouble::kContent, ""},
    {"invalid_payload", Trouble::kContent, ""},
    {"message_not_found", Trouble::kGone, ""},
    {"cant_update_message", Trouble::kGone, ""},
    {"edit_window_closed", Trouble::kGone, ""},
    {"is_inactive", Trouble::kGone, ""},
    {"cannot_reply_to_message", Trouble::kThread, ""},
    {"thread_not_found", Trouble::kThread, ""},
    {"restricted_action_thread_locked", Trouble::kThread, ""},
    {"restricted_action_non_threadable_channel", Trouble::kThread, ""},
};

Known known(std::string_view code) {
  const auto* found =
      std::find_if(std::begin(kErrors), std::end(kErrors), [&](const Known& k) { return k.code == code; });
  if (found != std::end(kErrors)) return *found;
  if (code.starts_with("restricted_action")) return {code, Trouble::kChannel, kNoPosting};
  return {code, Trouble::kRefused, ""};
}

Reason reason_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::kLimited:
      return Reason::kRateLimited;
    case Trouble::kPassing:
      return Reason::kUnavailable;
    case Trouble::kChannel:
    case Trouble::kNotIn:
    case Trouble::kGone:
    case Trouble::kThread:
      return Reason::kNotFound;
    case Trouble::kCredentials:
      return Reason::kAuth;
    case Trouble::kContent:
    case Trouble::kRefused:
      break;
  }
  return Reason::kBadRequest;
}

// Codes are words; whatever else comes is not repeated.
std::string clean_code(std::string_view code) {
  constexpr std::size_t kLongest = 64;
  bool is_code = !code.empty() && code.size() <= kLongest && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  return is_code ? std::string(code) : "an unknown error";
}

}  // namespace

Failure failure_of(std::string_view method, std::string_view code, std::string_view needed, std::string_view more) {
  Known is = known(code);
  bool passes = is.trouble == Trouble::kLimited || is.trouble == Trouble::kPassing;
  std::string message = "slack: " + std::string(method) + ": " + clean_code(code);
  if (!needed.empty()) message += " " + std::string(needed);
  if (!more.empty()) message += " (" + std::string(more) + ")";
  if (!is.hint.empty()) message += ": " + std::string(is.hint);
  return {is.trouble,
          clean_code(code),
          {reason_of(is.trouble), passes ? base::Retry::later() : base::Retry::never(), std::move(message)},
          is.hint};
}

Failure failure_of(std::string_view method, base::Error error) {
  Trouble trouble = Trouble::kRefused;
  if (!error.retry.is_never()) trouble = Trouble::kPassing;
  if (error.reason == Reason::kRateLimited) trouble = Trouble::kLimited;
  if (error.reason == Reason::kAuth) trouble = Trouble::kCredentials;
  return {trouble, {}, error.in("slack: " + std::string(method)), {}};
}

Failure webhook_failure(int status, std::string_view text) {
  constexpr int kServerErrors = 500;
  auto failed = failure_of("webhook", text, {}, "HTTP " + std::to_string(status));
  if (failed.trouble != Trouble::kRefused || status < kServerErrors) return failed;
  return {Trouble::kPassing, failed.code, base::passing(Reason::kUnavailable, failed.error.message), {}};
}

}  // namespace sinks::slack
