// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sinks::slack {

// What an error of Slack's means for who asked (https://docs.slack.dev/reference/methods/chat.postMessage, "Errors").
enum class Trouble {
  kLimited,      // Wait, as long as said.
  kPassing,      // It may have arrived; try again.
  kChannel,      // Nothing gets into this channel.
  kNotIn,        // The same, but joining may help.
  kCredentials,  // The token, or what it may do: nothing gets anywhere before a person has mended it.
  kContent,      // A simpler form may pass.
  kGone,         // The message to be edited is not there, or not ours.
  kThread,       // The thread takes no replies.
  kRefused,      // Anything else: the same again fails again.
};

// How a call of the Web API failed: for the sink what to do, for the worker and for people an Error.
struct Failure {
  Trouble trouble = Trouble::kRefused;
  std::string code;  // Slack's: "not_in_channel". Empty where it did not answer.
  base::Error error;
  std::string_view hint = {};  // What to do about it, in words that never change.
};

template <class T = void>
using Called = boost::outcome_v2::basic_result<T, Failure, boost::outcome_v2::policy::terminate>;

// Of an answer with `ok: false`. `method` is for the message; `needed` the scope that is missing, where Slack says;
// `more` what it says beside, for people.
Failure failure_of(std::string_view method, std::string_view code, std::string_view needed, std::string_view more);

// Of no answer, or of one that is no answer of Slack's: by the error's reason.
Failure failure_of(std::string_view method, base::Error error);

// Of an incoming webhook's answer, whose text is the code (https://docs.slack.dev/messaging/sending-messages-using
// -incoming-webhooks, "Handling errors"). Requires: `status` is neither 2xx nor 429.
Failure webhook_failure(int status, std::string_view text);

}  // namespace sinks::slack
