// SPDX-License-Identifier: Apache-2.0
// The one place where Beast's separately compiled parts are built, and Asio's that stand on OpenSSL.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
