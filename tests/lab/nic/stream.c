// SPDX-License-Identifier: GPL-2.0
/*
 * The receiving crypto engine: TLS 1.2 AES-GCM records in a TCP stream whose frames may arrive late, twice or never. A
 * frame is decrypted whole or not at all, and only after every tag in it was verified. A frame that ends within a
 * record is decrypted before the tag of that record is known. If the tag then is wrong, the last frame of the record
 * stays encrypted, so that the stack reassembles the record and verifies it itself. Real hardware does the same.
 */
#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <linux/module.h>
#include <net/tcp.h>
#include "labnic.h"

#define HEADER TLS_HEADER_SIZE
#define NONCE 8
#define TAG 16
#define SMALLEST (NONCE + TAG)
#define LARGEST (TLS_MAX_PAYLOAD_SIZE + SMALLEST)

static unsigned int lose_sync;
module_param_named(rx_lose_sync, lose_sync, uint, 0644);
MODULE_PARM_DESC(rx_lose_sync, "an offloaded receiving stream loses synchronisation after N records (0: never)");

static bool plausible(const u8 *header)
{
	unsigned int length = header[3] << 8 | header[4];

	return header[0] >= 20 && header[0] <= 23 && header[1] == 3 && header[2] == 3 && length >= SMALLEST &&
	       length <= LARGEST;
}

/* --- One record ------------------------------------------------------------------------------- */

/* Applies the key stream from block number `block` on, without its first `skip` bytes. */
static int crypt(struct labnic_stream *stream, u32 block, unsigned int skip, u8 *data, unsigned int length)
{
	SYNC_SKCIPHER_REQUEST_ON_STACK(request, stream->counter_mode);
	__be32 number = cpu_to_be32(block);
	struct scatterlist parts[2];
	u8 counter[16];

	memcpy(counter, stream->salt, 4);
	memcpy(counter + 4, stream->header + HEADER, NONCE);
	memcpy(counter + 12, &number, 4);
	sg_init_table(parts, 2);
	sg_set_buf(&parts[0], stream->block, skip);
	sg_set_buf(&parts[1], data, length);
	skcipher_request_set_sync_tfm(request, stream->counter_mode);
	skcipher_request_set_callback(request, 0, NULL, NULL);
	skcipher_request_set_crypt(request, skip ? parts : parts + 1, skip ? parts : parts + 1, skip + length, counter);
	return crypto_skcipher_encrypt(request);
}

static int begin_record(struct labnic_stream *stream)
{
	__be64 number = cpu_to_be64(stream->record);
	__be16 length = cpu_to_be16(stream->body);
	u8 associated[16] = {};

	memcpy(associated, &number, 8);
	memcpy(associated + 8, stream->header, 3);
	memcpy(associated + 11, &length, 2);
	return crypto_shash_init(stream->hash) ?: crypto_shash_update(stream->hash, associated, 16);
}

static int end_record(struct labnic_stream *stream)
{
	__be64 bits[2] = { cpu_to_be64(13 * 8), cpu_to_be64((u64)stream->body * 8) };
	u8 zeros[16] = {}, digest[16];
	int error;

	if (stream->body % 16)
		crypto_shash_update(stream->hash, zeros, 16 - stream->body % 16);
	crypto_shash_update(stream->hash, (u8 *)bits, 16);
	error = crypto_shash_final(stream->hash, digest);
	memset(stream->block, 0, 16);
	error = error ?: crypt(stream, 1, 0, stream->block, 16);
	if (error)
		return error;
	crypto_xor(digest, stream->block, 16);
	return crypto_memneq(digest, stream->tag, TAG) ? -EBADMSG : 0;
}

static void at_a_header(struct labnic_stream *stream)
{
	stream->header_have = 0;
	stream->body_have = 0;
	stream->tag_have = 0;
}

static unsigned int take_header(struct labnic_stream *stream, const u8 *data, unsigned int length, int *error)
{
	unsigned int had = stream->header_have;
	unsigned int some = min(length, HEADER + NONCE - had);

	memcpy(stream->header + had, data, some);
	stream->header_have += some;
	if (had < HEADER && stream->header_have >= HEADER) {
		if (!plausible(stream->header))
			*error = -EPROTO;
		else
			stream->body = (stream->header[3] << 8 | stream->header[4]) - SMALLEST;
	}
	if (!*error && stream->header_have == HEADER + NONCE)
		*error = begin_record(stream);
	return some;
}

static unsigned int take_body(struct labnic_stream *stream, u8 *data, unsigned int length, int *error)
{
	unsigned int had = stream->body_have;
	unsigned int some = min(length, stream->body - had);

	*error = crypto_shash_update(stream->hash, data, some) ?: crypt(stream, 2 + had / 16, had % 16, data, some);
	stream->body_have += some;
	return some;
}

static unsigned int take_tag(struct labnic_stream *stream, const u8 *data, unsigned int length, int *error)
{
	unsigned int some = min(length, TAG - stream->tag_have);

	memcpy(stream->tag + stream->tag_have, data, some);
	stream->tag_have += some;
	if (stream->tag_have == TAG) {
		*error = end_record(stream);
		stream->record++;
		stream->since_lost++;
		at_a_header(stream);
	}
	return some;
}

/* Decrypts in place. The data may end in any part of a record. */
static int take_bytes(struct labnic_stream *stream, u8 *data, unsigned int length)
{
	int error = 0;

	while (length && !error) {
		unsigned int some;

		if (stream->header_have < HEADER + NONCE)
			some = take_header(stream, data, length, &error);
		else if (stream->body_have < stream->body)
			some = take_body(stream, data, length, &error);
		else
			some = take_tag(stream, data, length, &error);
		data += some;
		length -= some;
	}
	return error;
}

/* --- Position in the stream ------------------------------------------------------------------- */

static void lose(struct labnic_stream *stream)
{
	stream->state = SEARCHING;
	stream->since_lost = 0;
	at_a_header(stream);
}

/* Data was lost. The current record can no longer be decrypted, but the start of the next one may be known. */
static void fall_behind(struct labnic_stream *stream)
{
	if (stream->header_have >= HEADER) {
		stream->next += HEADER + NONCE - stream->header_have + stream->body - stream->body_have + TAG -
				stream->tag_have;
		stream->record++;
	} else {
		stream->next -= stream->header_have;
	}
	stream->state = WAITING;
	at_a_header(stream);
}

/* Continues the stream in this frame at `offset`. With offset > 0 the whole frame stays encrypted. */
static enum labnic_verdict follow(struct labnic *nic, struct labnic_stream *stream, u8 *data, unsigned int length,
				  unsigned int offset)
{
	u8 *plain = kmemdup(data, length, GFP_ATOMIC);
	int error = plain ? take_bytes(stream, plain + offset, length - offset) : -ENOMEM;
	enum labnic_verdict verdict = AS_IT_IS;

	if (error) {
		labnic_count(nic, RX_ERRORS);
		lose(stream);
	} else {
		stream->next += length - offset;
		if (!offset) {
			memcpy(data, plain, length);
			verdict = DECRYPTED;
		}
		if (READ_ONCE(lose_sync) && stream->since_lost >= READ_ONCE(lose_sync))
			lose(stream);
	}
	kfree(plain);
	return verdict;
}

/* Follows presumed headers. False if one is not plausible or was lost. */
static bool track(struct labnic_stream *stream, u32 seq, const u8 *data, unsigned int length)
{
	u32 end = seq + length;

	while (after(end, stream->next + stream->header_have)) {
		u32 at = stream->next + stream->header_have;
		unsigned int some;

		if (after(seq, at))
			return false;
		some = min(end - at, HEADER - stream->header_have);
		memcpy(stream->header + stream->header_have, data + (at - seq), some);
		stream->header_have += some;
		if (stream->header_have < HEADER)
			return true;
		if (!plausible(stream->header))
			return false;
		stream->next += HEADER + (stream->header[3] << 8 | stream->header[4]);
		stream->header_have = 0;
		stream->guesses++;
	}
	return true;
}

/* Searches for a plausible header. True if there is one; the caller then asks the stack about it. */
static bool search(struct labnic_stream *stream, u32 seq, const u8 *data, unsigned int length)
{
	unsigned int at;

	for (at = 0; at + HEADER <= length; at++) {
		if (!plausible(data + at))
			continue;
		stream->asked = stream->next = seq + at;
		stream->guesses = 0;
		stream->header_have = 0;
		if (track(stream, seq, data, length)) {
			stream->state = TRACKING;
			return true;
		}
	}
	lose(stream);
	return false;
}

enum labnic_verdict labnic_stream_take(struct labnic *nic, struct labnic_stream *stream, u32 seq, u8 *data,
				       unsigned int length, bool *ask)
{
	u32 end = seq + length;

	*ask = false;
	if (stream->state == FOLLOWING && seq != stream->next) {
		if (!after(end, stream->next))
			return AS_IT_IS; /* a duplicate of earlier data */
		fall_behind(stream);
	}
	if (stream->state == FOLLOWING)
		return follow(nic, stream, data, length, 0);
	if (stream->state == WAITING) {
		if (!after(end, stream->next))
			return AS_IT_IS;
		if (!after(seq, stream->next)) {
			stream->state = FOLLOWING;
			return follow(nic, stream, data, length, stream->next - seq);
		}
		lose(stream);
	}
	if (!labnic_rx_search)
		return AS_IT_IS;
	if (stream->state == TRACKING && !track(stream, seq, data, length)) {
		labnic_count(nic, RX_RESYNC_SKIPPED);
		lose(stream);
	}
	if (stream->state == SEARCHING)
		*ask = search(stream, seq, data, length);
	return AS_IT_IS;
}

/* The stack's answer: the number of the record at the requested header. False if the stream no longer needs it. */
bool labnic_stream_answer(struct labnic_stream *stream, u32 seq, u64 record)
{
	if (stream->state != TRACKING || stream->asked != seq)
		return false;
	stream->record = record + stream->guesses;
	stream->next += stream->header_have;
	stream->state = FOLLOWING;
	return true;
}

/* An unsolicited hint of the stack: record number `record` starts at `seq`. */
void labnic_stream_hint(struct labnic_stream *stream, u32 seq, u64 record)
{
	at_a_header(stream);
	stream->next = seq;
	stream->record = record;
	stream->state = WAITING;
}

/* --- Begin and end ---------------------------------------------------------------------------- */

static int set_keys(struct labnic_stream *stream, const u8 *key, unsigned int size)
{
	struct crypto_sync_skcipher *counter_mode = crypto_alloc_sync_skcipher("ctr(aes)", 0, 0);
	struct crypto_shash *ghash;
	int error;

	if (IS_ERR(counter_mode))
		return PTR_ERR(counter_mode);
	stream->counter_mode = counter_mode;
	ghash = crypto_alloc_shash("ghash", 0, 0);
	if (IS_ERR(ghash))
		return PTR_ERR(ghash);
	stream->ghash = ghash;
	stream->hash = kzalloc(sizeof(*stream->hash) + crypto_shash_descsize(ghash), GFP_KERNEL);
	if (!stream->hash)
		return -ENOMEM;
	stream->hash->tfm = ghash;

	error = crypto_sync_skcipher_setkey(counter_mode, key, size);
	if (error)
		return error;
	/* The GHASH key is the encrypted zero block, which is the key stream of an all-zero counter block. */
	memset(stream->salt, 0, sizeof(stream->salt));
	memset(stream->header, 0, sizeof(stream->header));
	memset(stream->block, 0, sizeof(stream->block));
	error = crypt(stream, 0, 0, stream->block, 16);
	return error ?: crypto_shash_setkey(ghash, stream->block, 16);
}

int labnic_stream_init(struct labnic_stream *stream, const struct tls_crypto_info *info, u32 start)
{
	const struct tls12_crypto_info_aes_gcm_128 *small = (const void *)info;
	const struct tls12_crypto_info_aes_gcm_256 *large = (const void *)info;
	bool is_small = info->cipher_type == TLS_CIPHER_AES_GCM_128;
	__be64 record;
	int error = is_small ? set_keys(stream, small->key, sizeof(small->key))
			     : set_keys(stream, large->key, sizeof(large->key));

	if (error) {
		labnic_stream_free(stream);
		return error;
	}
	memcpy(stream->salt, is_small ? small->salt : large->salt, sizeof(stream->salt));
	memcpy(&record, is_small ? small->rec_seq : large->rec_seq, sizeof(record));
	stream->record = be64_to_cpu(record);
	stream->next = start;
	stream->state = WAITING;
	return 0;
}

void labnic_stream_free(struct labnic_stream *stream)
{
	if (stream->counter_mode)
		crypto_free_sync_skcipher(stream->counter_mode);
	if (stream->ghash)
		crypto_free_shash(stream->ghash);
	kfree_sensitive(stream->hash);
}
