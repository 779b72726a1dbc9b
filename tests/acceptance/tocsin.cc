// SPDX-License-Identifier: Apache-2.0
#include "tests/acceptance/tocsin.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/harness/eventually.h"

namespace acceptance {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string program() { return TOCSIN_PROGRAM; }

Tocsin::Tocsin(std::string_view config, std::string roles) : roles_(std::move(roles)), port_(harness::free_port()) {
  write_config(config);
}

void Tocsin::write_config(std::string_view text) { config_ = dir_.write("tocsin.yaml", text); }

void Tocsin::launch() {
  std::vector<std::string> argv{program(),    "run",
                                "--config",   config_,
                                "--data-dir", dir_.path() + "/data",
                                "--listen",   "127.0.0.1:" + std::to_string(port_)};
  if (!roles_.empty()) argv.insert(argv.end(), {"--roles", roles_});
  process_.emplace(
      std::move(argv), dir_.path() + "/log",
      std::vector<std::string>{std::string("LD_PRELOAD=") + FULL_DISK_LIBRARY + ":" + WRONG_CLOCK_LIBRARY,
                               "FULL_DISK_WHILE=" + lever(), "WRONG_CLOCK_FILE=" + dir_.path() + "/clock"});
}

std::optional<milliseconds> Tocsin::start() {
  auto began = steady_clock::now();
  launch();
  harness::eventually(kGenerous, [&] { return is_ready() || process_->exit(); });
  if (process_->exit() || !is_ready()) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
}

void Tocsin::crash() { process_->kill(); }
void Tocsin::pause() { process_->signal(SIGSTOP); }
void Tocsin::resume() { process_->signal(SIGCONT); }

std::optional<harness::Exit> Tocsin::stop() {
  terminate();
  return ended();
}

std::optional<harness::Exit> Tocsin::ended() { return process_->wait(kGenerous); }

void Tocsin::terminate() { process_->signal(SIGTERM); }

std::optional<harness::Exit> Tocsin::exit() { return process_->exit(); }

bool Tocsin::is_ready() const { return harness::http_get(port_, "/readyz").is_success(); }

harness::Answer Tocsin::readiness() const { return harness::http_get(port_, "/readyz?verbose"); }

harness::Answer Tocsin::reload() { return harness::http_post(port_, "/-/reload", ""); }

void Tocsin::hang_up() { process_->signal(SIGHUP); }

void Tocsin::fill_disk(bool full) {
  if (full) {
    dir_.write("disk-is-full", "");
  } else {
    std::filesystem::remove(lever());
  }
}

void Tocsin::set_clock_ahead(std::chrono::seconds by) { dir_.write("clock", std::to_string(by.count())); }

long Tocsin::rss_anon_kb() const {
  constexpr std::string_view kField = "RssAnon:";
  std::string status = harness::read_text("/proc/" + std::to_string(process_->pid()) + "/status");
  std::size_t at = status.find(kField);
  return at != std::string::npos ? std::strtol(status.c_str() + at + kField.size(), nullptr, 10) : -1;
}

harness::Answer Tocsin::post_alerts(std::string_view body) const {
  return harness::http_post(port_, "/api/alerts", body, "application/json", kGenerous);
}

nlohmann::json Tocsin::look(std::vector<std::string> verb) const {
  verb.insert(verb.begin(), program());
  for (const std::string& word : {std::string("--config"), config_, std::string("--data-dir"), dir_.path() + "/data",
                                  std::string("-o"), std::string("json")}) {
    verb.push_back(word);
  }
  harness::Finished finished = harness::run(std::move(verb));
  return nlohmann::json::parse(finished.out, nullptr, false);
}

nlohmann::json Tocsin::ledger() const { return look({"ledger"}); }

std::string Tocsin::log() const { return harness::read_text(dir_.path() + "/log"); }

}  // namespace acceptance
