// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "schemas/delivery.h"
#include "sinks/slack/message.h"
#include "sinks/slack/piece.h"

// The lines that say what it is, how bad, where and since when.
namespace sinks::slack {

std::string emoji_of(schemas::Severity severity);
// "🔴 Critical", "✅ Resolved after 29 min".
std::string state_text(const schemas::Transition& transition);
// The same with the title: clean, one line.
std::string title_line(const schemas::Transition& transition, const Style& style);
// The colour of the bar beside the evidence, "#rrggbb".
std::string colour_of(const schemas::Transition& transition);
// mrkdwn: "prod-eu  ·  shop  ·  deployment *web*  ·  pod web-1, container web, node node-7".
std::string where_line(const schemas::Transition& transition);
// mrkdwn: "Since <!date…>  ·  seen 12 times, last <!date…>  ·  2 open".
std::string when_line(const schemas::Transition& transition);
// mrkdwn: "👀 Acknowledged by <@U1>, <!date…>"; empty where nobody has.
std::string acknowledged_line(const schemas::Delivery& delivery);
// mrkdwn for lock screens and the minimal message: at most `limit` characters.
std::string fallback_text(const schemas::Transition& transition, const Style& style, std::size_t limit);
// What a reply tells: "New member", "Worse: 🔴 Critical". mrkdwn.
std::string cause_line(const schemas::Transition& transition);
// mrkdwn: "tocsin  ·  crash_loop  ·  incident 3f2a9c01d4e5".
std::string identity_line(const schemas::Transition& transition);

// "29 min", "1 h 30 min", "2 d 3 h", "45 s"; empty where the times make no sense together.
std::string span_text(base::Time from, base::Time to);

}  // namespace sinks::slack
