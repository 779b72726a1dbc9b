// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// Functions of one hostile input. Each must come back from any bytes, and checks what must hold of whatever was
// accepted; a sanitizer or expect() ends the process otherwise. No network, no files, the same input does the same.
namespace fuzz {

void alertmanager_answer(std::string_view input);  // What Alertmanager answers to who asks for silences.
void body_template(std::string_view input);        // The template of a webhook's body.
void config_yaml(std::string_view input);          // A configuration file.
void credentials(std::string_view input);          // Headers that shall let a request in, and its body.
void dead_letter(std::string_view input);          // A record of topic `dead_letters`.
void heartbeat(std::string_view input);            // What the records of a heartbeat hold.
void http_request(std::string_view input);         // The bytes of a connection to our server.
void intake_record(std::string_view input);        // A record of topic `intake`.
void kafka_message(std::string_view input);        // The messages of a partition, records and changelog.
void matcher(std::string_view input);              // `scope` and `match`, as YAML, held against attributes.
void oauth_token(std::string_view input);          // The token for a login to Kafka.
void prometheus_answer(std::string_view input);    // What /api/v1/query and /api/v1/rules answer.
void promql(std::string_view input);               // An alert's expression, or a query with places for values.
void records(std::string_view input);              // JSON of the records that go over the bus.
void redirect(std::string_view input);             // Where the answer to a request of ours leads.
void slack_answer(std::string_view input);         // What Slack answers.
void slack_click(std::string_view input);          // What Slack sends when somebody presses a button.
void slack_envelope(std::string_view input);       // What Slack sends over Socket Mode.
void slack_message(std::string_view input);        // A text everywhere in a finding that Slack is told.
void spooled_append(std::string_view input);       // A record of the spool.
void stage_state(std::string_view input);          // What stages keep of a key, as they read it back.
void text(std::string_view input);                 // URLs, forms, times, durations, template texts.
void webhook_body(std::string_view input);         // What Alertmanager or Grafana posts.

// Ends the process, saying what doesn't hold.
void expect(bool holds, const char* what);

}  // namespace fuzz
