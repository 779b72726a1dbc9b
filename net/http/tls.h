// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

// Of OpenSSL.
struct ssl_st;
struct ssl_ctx_st;

namespace base {
class Metrics;
}

namespace net::http {

// What the server proves itself with over TLS, and what it asks of clients.
struct TlsFiles {
  std::string cert_file;       // PEM: the server's certificate, then those between it and the root.
  std::string key_file;        // PEM, without a passphrase.
  std::string client_ca_file;  // PEM; empty: clients need no certificate.
  bool every_client = true;    // No connection without a certificate; false: it is asked for, and may be missing.
  bool only_tls_1_3 = false;   // Else 1.2 too.

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

// The server's end of one TLS connection over a non-blocking socket. It never waits: each call says what to wait for
// before it is to be repeated with the same arguments. Not thread-safe.
class TlsSession {
 public:
  enum class Wants { kNothing, kToRead, kToWrite, kToClose };
  struct Step {
    Wants wants = Wants::kNothing;
    std::size_t bytes = 0;  // Of a read or write that wants nothing more.
  };

  TlsSession(ssl_ctx_st* context, int descriptor);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  Step handshake();
  Step read(char* into, std::size_t size);
  Step write(const char* from, std::size_t size);
  // Tells the other side that nothing more comes, if it can be told at once.
  void close();

  // Once the handshake is done: whether the client has proved a certificate of client_ca_file.
  bool client_is_known() const;
  // Whether the handshake failed because the client speaks plain HTTP.
  bool met_plain_http() const { return met_plain_http_; }

 private:
  Step after(int result);

  ssl_st* ssl_;
  bool met_plain_http_ = false;
  bool is_broken_ = false;
};

// The server's certificate and key, which can change while it runs: connections that are open keep what they began
// with. Reads files, so call everything but begin() where that may block. Thread-safe.
//
// Metrics: tocsin_http_tls_certificate_expiry_timestamp_seconds, tocsin_http_tls_reloads_total{result}.
class ServerTls {
 public:
  // kBadRequest when a file can't be read, is not what it should be, or key and certificate don't belong together.
  static base::Result<std::shared_ptr<ServerTls>> open(const TlsFiles& files, base::Metrics& metrics);
  // What open() would say.
  static base::Result<void> check(const TlsFiles& files);
  ~ServerTls();
  ServerTls(const ServerTls&) = delete;
  ServerTls& operator=(const ServerTls&) = delete;

  // Reads `files` from now on. After an error everything stays as it was.
  base::Result<void> load(const TlsFiles& files);
  // The same files again, if one of them has changed since it was last looked at. False: none has.
  base::Result<bool> load_if_changed();

  // For an accepted socket. Null: out of memory.
  std::unique_ptr<TlsSession> begin(int descriptor) const;

 private:
  explicit ServerTls(base::Metrics& metrics) : metrics_(metrics) {}

  base::Metrics& metrics_;
  mutable std::mutex mutex_;  // Guards what follows.
  TlsFiles files_;
  std::string stamp_;  // Of the files when they were last looked at.
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace net::http
