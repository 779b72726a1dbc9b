// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/http_call.h"
#include "tests/harness/process.h"
#include "tests/harness/temp_dir.h"

namespace acceptance {

// How long a test waits for something that takes well under a second on a quiet machine.
inline constexpr std::chrono::seconds kGenerous{60};

// `tocsin run` with a data directory of its own, which outlives the process. Not running until start().
class Tocsin {
 public:
  // Roles as on the command line; all of them if empty.
  explicit Tocsin(std::string_view config, std::string roles = {});

  // Starts it and waits until it is ready; returns how long that took, or nullopt when it ended or did not get ready.
  std::optional<std::chrono::milliseconds> start();
  // Starts it and does not wait.
  void launch();
  // kill -9.
  void crash();
  void pause();   // SIGSTOP: connections stay, nothing answers.
  void resume();  // SIGCONT.
  // SIGTERM; how it ended, or nullopt if it does not.
  std::optional<harness::Exit> stop();
  // SIGTERM, without waiting. A second one would end it at once: wait with ended().
  void terminate();
  // How it ended, once it has; nullopt if it does not.
  std::optional<harness::Exit> ended();
  // Nullopt while it runs.
  std::optional<harness::Exit> exit();
  bool is_ready() const;
  // /readyz?verbose.
  harness::Answer readiness() const;

  // Replaces the configuration file; reload() or a start takes it.
  void write_config(std::string_view text);
  harness::Answer reload();
  void hang_up();  // SIGHUP.

  // Lever: while true, nothing can be written to its data.
  void fill_disk(bool full);
  // Lever: its wall clock is wrong by so much from now on.
  void set_clock_ahead(std::chrono::seconds by);

  // Memory of its own, in kB (RssAnon of proc(5)).
  long rss_anon_kb() const;

  std::uint16_t port() const { return port_; }
  harness::Answer post_alerts(std::string_view body) const;
  // Runs a verb on the log and returns its JSON; a null when it fails.
  nlohmann::json look(std::vector<std::string> verb) const;
  // The whole ledger; its difference is what the tests are after.
  nlohmann::json ledger() const;
  std::string log() const;

 private:
  std::string lever() const { return dir_.path() + "/disk-is-full"; }

  harness::TempDir dir_;
  std::string config_;
  std::string roles_;
  std::uint16_t port_;
  std::optional<harness::Process> process_;
};

// The path of the program under test.
std::string program();

}  // namespace acceptance
