// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace app::verbs {

// The verbs of the command line. Each returns the exit code: 0 fine, 1 it found something wrong, 2 bad usage. Results
// go to standard output, complaints to standard error.

enum class Output { kTable, kJson, kYaml };

// `tocsin run`.
struct RunArgs {
  std::string config;
  std::string data_dir;
  std::string listen;              // ADDR:PORT; empty: as configured.
  std::vector<std::string> roles;  // Empty: all.
  std::string record;              // File that inputs and outside answers are appended to; empty: none.
};
int run(const RunArgs& args);

// `tocsin replay`.
struct ReplayArgs {
  std::string config;
  std::string file;
  std::string data_dir;  // Where the log is kept, new or empty; "": a temporary one.
  std::string pictures;  // Directory for the charts as PNG; empty: none.
  double speed = 0;      // Times real time; 0: as fast as it goes.
  std::string tail;      // How long the clock runs on after the last input.
  Output output = Output::kTable;
};
int replay(const ReplayArgs& args);

// `tocsin check`.
struct CheckArgs {
  std::string config;
  bool online = false;  // Also asks Kafka and Slack; see docs/configuration.md. Changes nothing there.
  Output output = Output::kTable;
};
int check(const CheckArgs& args);

// The verbs that look at a log.
struct LookArgs {
  std::string config;  // Says where the log is; empty: in the data directory.
  std::string data_dir;
  std::string id;  // Or a prefix of it.
  int limit = 50;  // Rows.
  Output output = Output::kTable;
};
int ledger(const LookArgs& args);
int explain(const LookArgs& args);
int findings_list(const LookArgs& args);
int findings_show(const LookArgs& args);
int dead_letters_list(const LookArgs& args);
int dead_letters_show(const LookArgs& args);

// `tocsin history`: what is empty asks for everything.
struct HistoryArgs : LookArgs {
  std::vector<std::string> sinks;
  std::vector<std::string> outcomes;
  std::vector<std::string> states;
  std::string incident;
  std::string severity;  // The least.
  std::string since;     // How long ago, or a time.
};
int history(const HistoryArgs& args);

// `tocsin dlq replay` and `tocsin dlq drop`.
struct DeadLetterArgs {
  std::string token;      // Shown to it, where it wants one.
  std::string ca_file;    // Of its certificate; empty: the system's.
  std::string cert_file;  // Our own certificate, where it wants one.
  std::string key_file;
  std::string server;            // ADDR:PORT of the running process.
  std::vector<std::string> ids;  // Or prefixes of them.
  bool all = false;
};
int dead_letters_replay(const DeadLetterArgs& args);
int dead_letters_drop(const DeadLetterArgs& args);

int version(Output output);
// A completion script for "bash", "zsh" or "fish".
int completion(const std::string& shell);

}  // namespace app::verbs
