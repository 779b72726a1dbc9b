// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "base/result.h"
#include "net/http/client.h"

namespace net::http {

// What a client's end of TLS begins with, for what is not sent by curl: whom it trusts, and our own certificate.
// TLS 1.2 at least. Reads files. kBadRequest names the one that is of no use.
base::Result<boost::asio::ssl::context> client_context(const Access& access);

}  // namespace net::http
