/* receipt.h: proof that something was received.
 *
 * Every write with a body answers with {"receipt": {id, operation, sha256, received_at, signature}}.  The
 * Ed25519 signature (base64url) is of the five lines, each ended by \n,
 *
 *     thidua-receipt-1, id, operation, sha256, received_at
 *
 * and can be checked with the public key alone, which GET /v1/receipts/{id} tells.
 */
#pragma once
#include "db/db.h"
#include "http/request.h"

/* Add the receipt that the rows tell of (_receipt, _received_at), if they do. */
void receipt_add(const struct request *rq, const PGresult *rows, struct reply *rp);

/* Add a secret that is shown once, sealed in the rows' _sealed, as a member of the reply's body. */
bool receipt_reveal(struct reply *rp, const char *name, struct problem *problem);
