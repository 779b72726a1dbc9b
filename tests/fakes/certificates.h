// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace fakes {

// An authority of its own with certificates that it has issued, in a directory that goes with it. Made by `openssl`.
class Certificates {
 public:
  // Where a certificate and its key are.
  struct Pair {
    std::string cert_file;
    std::string key_file;
  };

  Certificates() {
    char directory[] = "/tmp/tocsin-certs-XXXXXX";
    directory_ = ::mkdtemp(directory);
    run("req -x509 " + new_key("ca") + " -days 2 -subj /CN=authority -out " + ca_file());
  }
  ~Certificates() { std::filesystem::remove_all(directory_); }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  std::string directory() const { return directory_.string(); }
  std::string ca_file() const { return path("ca.pem"); }
  std::string path(const std::string& name) const { return (directory_ / name).string(); }

  // For one DNS name and 127.0.0.1. The same name again makes the files anew.
  Pair issue(const std::string& name, int days = 2) {
    auto pair = Pair{path(name + ".pem"), path(name + ".key")};
    run("req " + new_key(name) + " -subj /CN=" + name + " -addext subjectAltName=DNS:" + name + ",IP:127.0.0.1 -out " +
        path("request"));
    run("x509 -req -in " + path("request") + " -CA " + ca_file() + " -CAkey " + path("ca.key") +
        " -CAcreateserial -copy_extensions copy -days " + std::to_string(days) + " -out " + pair.cert_file);
    return pair;
  }

 private:
  std::string new_key(const std::string& name) const {
    return "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + path(name + ".key");
  }
  static void run(const std::string& words) {
    if (std::system(("openssl " + words + " 2>/dev/null").c_str()) != 0) std::abort();
  }

  std::filesystem::path directory_;
};

}  // namespace fakes
