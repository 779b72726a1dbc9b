// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace fakes {

// `openssl s_server` with a fresh self-signed certificate for one DNS name. Answers every GET with a page of its own.
class TlsServer {
 public:
  explicit TlsServer(const std::string& dns_name) {
    char directory[] = "/tmp/tocsin-tls-XXXXXX";
    directory_ = ::mkdtemp(directory);
    auto key = (directory_ / "key.pem").string();
    auto make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test" +
                (" -addext subjectAltName=DNS:" + dns_name) + " -keyout " + key + " -out " + ca_file() + " 2>/dev/null";
    if (std::system(make.c_str()) == 0) start(key);
  }
  ~TlsServer() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    if (output_ != nullptr) std::fclose(output_);
    std::filesystem::remove_all(directory_);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string ca_file() const { return (directory_ / "cert.pem").string(); }
  // Empty when the server could not be started.
  const std::string& port() const { return port_; }

 private:
  void start(const std::string& key) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
    ::posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::string cert = ca_file();
    const char* words[] = {"openssl",    "s_server", "-accept",   "127.0.0.1:0", "-cert",
                           cert.c_str(), "-key",     key.c_str(), "-www",        nullptr};
    bool started = ::posix_spawnp(&pid_, "openssl", &actions, nullptr, const_cast<char**>(words), environ) == 0;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    char line[256];
    while (started && std::fgets(line, sizeof line, output_) != nullptr) {
      std::string text(line);
      if (text.rfind("ACCEPT ", 0) != 0) continue;
      port_ = text.substr(text.rfind(':') + 1);
      port_.erase(port_.find_last_not_of(" \r\n") + 1);
      return;
    }
  }

  std::filesystem::path directory_;
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
  std::string port_;
};

}  // namespace fakes
