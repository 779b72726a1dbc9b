// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/fakes/certificates.h"
#include "tests/harness/eventually.h"
#include "tests/harness/process.h"
#include "tests/harness/socket.h"

namespace fakes {

// A real nginx with its own directory, ports and certificate: HTTP/2 within TLS, plain HTTP, a forward proxy.
class Nginx {
 public:
  // What is served under each of the two servers, in nginx's own words; {plain} and {tls} are their ports.
  struct Locations {
    std::string tls;
    std::string plain;
    bool wants_certificate = false;
  };

  static bool is_installed() { return !harness::find_program("nginx").empty(); }

  explicit Nginx(const Locations& locations) {
    auto pair = certificates_.issue("nginx.internal");
    std::string verify;
    if (locations.wants_certificate) {
      verify = "ssl_client_certificate " + certificates_.ca_file() + ";\n    ssl_verify_client on;\n";
    }
    auto temp = [&](const std::string& what) { return what + "_temp_path " + certificates_.path(what) + ";\n  "; };
    std::ofstream(certificates_.path("nginx.conf"))
        << "daemon off;\nmaster_process off;\nuser root;\npid " + certificates_.path("pid") +
               ";\nevents { worker_connections 256; }\nhttp {\n  access_log off;\n  " + temp("client_body") +
               temp("proxy") + temp("fastcgi") + temp("uwsgi") + temp("scgi") + "default_type text/plain;\n  root " +
               certificates_.directory() + ";\n  server {\n    listen 127.0.0.1:" + std::to_string(tls_port_) +
               " ssl http2;\n    ssl_certificate " + pair.cert_file + ";\n    ssl_certificate_key " + pair.key_file +
               ";\n    " + verify + filled(locations.tls) +
               "\n  }\n  server {\n    listen 127.0.0.1:" + std::to_string(plain_port_) + ";\n    " +
               filled(locations.plain) + "\n  }\n  server {\n    listen 127.0.0.1:" + std::to_string(proxy_port_) +
               ";\n    location / { proxy_set_header X-Through proxy; proxy_pass http://$http_host$request_uri; }\n"
               "  }\n}\n";
    process_.emplace(std::vector<std::string>{"nginx", "-p", certificates_.directory(), "-e",
                                              certificates_.path("error.log"), "-c", certificates_.path("nginx.conf")},
                     certificates_.path("output"));
    harness::eventually(std::chrono::seconds(20), [&] {
      return process_->exit() ||
             (harness::connect_to(proxy_port_).is_open() && harness::connect_to(tls_port_).is_open());
    });
  }

  bool is_running() { return !process_->exit(); }
  std::string log() const { return process_->output() + read("error.log"); }
  Certificates& certificates() { return certificates_; }
  std::string tls_url(const std::string& path) const { return url("https", tls_port_, path); }
  std::string plain_url(const std::string& path) const { return url("http", plain_port_, path); }
  std::string proxy_url() const { return url("http", proxy_port_, ""); }

 private:
  static std::string url(const std::string& scheme, std::uint16_t port, const std::string& path) {
    return scheme + "://127.0.0.1:" + std::to_string(port) + path;
  }
  std::string filled(std::string text) const {
    for (const auto& [name, port] : {std::pair(std::string("{plain}"), plain_port_), {"{tls}", tls_port_}}) {
      for (std::size_t at; (at = text.find(name)) != std::string::npos;) {
        text.replace(at, name.size(), std::to_string(port));
      }
    }
    return text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(certificates_.path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Certificates certificates_;
  const std::uint16_t tls_port_ = harness::free_port();
  const std::uint16_t plain_port_ = harness::free_port();
  const std::uint16_t proxy_port_ = harness::free_port();
  std::optional<harness::Process> process_;
};

}  // namespace fakes
