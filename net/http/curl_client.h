// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "net/http/client.h"

namespace net::http {

// The bounds of a client.
struct ClientLimits {
  std::size_t max_connections = 64;           // Open ones, idle ones included; further exchanges wait their turn.
  std::size_t max_connections_per_host = 16;  // So that one slow side leaves 48 for the others.
  std::size_t max_streams = 100;  // Exchanges at the same time on one HTTP/2 connection; further ones open others.
  std::chrono::milliseconds connect_timeout{5'000};  // Name, TCP and TLS together, within the request's deadline.
};

// A client on libcurl, driven by `executor`: TLS and parsing run there, names are resolved on curl's own threads. Costs
// nothing until the first send(). HTTP/2 where a server offers it within TLS, else HTTP/1.1. Answers may come as gzip.
//
// Access::server_name is what the other side's certificate is checked against and what SNI says; the connection still
// goes to the URL's host, and so does the Host header. NO_PROXY is then matched against that name.
std::unique_ptr<Client> make_client(ClientLimits limits, base::Executor executor);

}  // namespace net::http
