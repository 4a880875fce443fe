/* SPDX-License-Identifier: GPL-2.0 */
/*
 * labnic: pairs of back-to-back Ethernet devices that offload TLS, for tests in a virtual machine. See README.md.
 *
 * The wire between two ends carries the same frames as a real one: no longer than the MTU, with checksums, encrypted.
 * The sending end encrypts for sockets that were offloaded to it. The receiving end follows the records of sockets that
 * were offloaded to it, and decrypts and authenticates them frame by frame.
 */
#ifndef LABNIC_H
#define LABNIC_H

#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/hashtable.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <net/tls.h>

#define LABNIC_MAX_QUEUES 64
#define LABNIC_MAX_ENDS 16
#define LABNIC_INDIRECTION 128
#define LABNIC_RING_MIN 64
#define LABNIC_RING_MAX 4096

/* In the order of the kernel's own documentation (networking/tls-offload); the names are in counters.c. */
enum labnic_counter {
	TX_ENCRYPTED_PACKETS,
	TX_ENCRYPTED_BYTES,
	TX_CONTEXTS,
	TX_DELETED,
	TX_OUT_OF_ORDER,
	TX_SKIPPED,
	TX_DROPPED,
	RX_DECRYPTED_PACKETS,
	RX_DECRYPTED_BYTES,
	RX_CONTEXTS,
	RX_DELETED,
	RX_RESYNC_PACKETS,
	RX_RESYNC_STARTED,
	RX_RESYNC_ENDED,
	RX_RESYNC_SKIPPED,
	RX_RESYNC_OK,
	RX_RESYNC_IGNORED,
	RX_ERRORS,
	NO_SPACE,
	WIRE_DROPPED,
	WIRE_DUPLICATED,
	WIRE_REORDERED,
	LABNIC_COUNTERS,
};

/* One TCP stream that a receiving end decrypts, with its position in the current record. */
struct labnic_stream {
	enum {
		FOLLOWING, /* every byte up to `next` has arrived */
		WAITING,   /* bytes were lost; record number `record` starts at `next` */
		SEARCHING, /* the start of records is unknown */
		TRACKING,  /* a record may start at `asked`, and the `guesses`-th one after it at `next`; the stack was
			      asked */
	} state;
	u32 next;
	u32 asked;
	u64 record;
	u64 guesses;
	unsigned int since_lost; /* records, for the parameter rx_lose_sync */

	struct crypto_sync_skcipher *counter_mode;
	struct crypto_shash *ghash;
	struct shash_desc *hash;
	u8 salt[4];

	u8 header[13]; /* of the current record: type, version, length, explicit nonce */
	unsigned int header_have;
	unsigned int body; /* length of the record without header and tag, bytes */
	unsigned int body_have;
	u8 tag[16];
	unsigned int tag_have;
	u8 block[16]; /* scratch; the crypto API needs memory that it can map */
};

/* What labnic_stream_take() did with a frame. */
enum labnic_verdict {
	AS_IT_IS,
	DECRYPTED,
};

struct labnic;

struct labnic_rx_queue {
	struct labnic *nic;
	struct napi_struct napi;
	struct sk_buff_head ring;
	atomic64_t packets, bytes, tls_packets, tls_bytes;
};

struct labnic_tx_queue {
	atomic64_t packets, bytes, tls_packets, tls_bytes;
};

/* One end. It exists while its platform device is bound. */
struct labnic {
	struct net_device *dev;
	struct platform_device *platform;
	unsigned int index;
	struct labnic __rcu *peer;
	bool up;
	struct delayed_work link;

	unsigned int queues;
	u32 rx_ring, tx_ring;
	struct ethtool_coalesce coalesce;
	u32 indirection[LABNIC_INDIRECTION];
	struct labnic_rx_queue rx[LABNIC_MAX_QUEUES];
	struct labnic_tx_queue tx[LABNIC_MAX_QUEUES];

	/* the outgoing wire; it can delay one frame */
	spinlock_t wire_lock;
	struct sk_buff *held;
	unsigned int held_for;
	unsigned int frames;
	struct timer_list wire_timer;

	/* offloaded receiving sockets */
	DECLARE_HASHTABLE(flows, 6);
	spinlock_t flows_lock;
	atomic_t contexts;
	atomic_t adds;

	atomic64_t count[LABNIC_COUNTERS];
};

static inline void labnic_count(struct labnic *nic, enum labnic_counter what)
{
	atomic64_inc(&nic->count[what]);
}

/* main.c */
extern char *labnic_driver;
void labnic_reopen(struct labnic *nic, unsigned int queues);

/* wire.c */
netdev_tx_t labnic_xmit(struct sk_buff *skb, struct net_device *dev);
int labnic_poll(struct napi_struct *napi, int budget);
void labnic_wire_timer(struct timer_list *timer);
void labnic_wire_cut(struct labnic *nic);

/* tls.c */
extern const struct tlsdev_ops labnic_tls_ops;
struct sk_buff *labnic_tls_encrypt(struct labnic *nic, struct labnic_tx_queue *queue, struct sk_buff *skb);
void labnic_tls_decrypt(struct labnic *nic, struct labnic_rx_queue *queue, struct sk_buff *frame);

/* stream.c. The caller serializes access to a stream, except for init and free. */
int labnic_stream_init(struct labnic_stream *stream, const struct tls_crypto_info *info, u32 start);
void labnic_stream_free(struct labnic_stream *stream);
enum labnic_verdict labnic_stream_take(struct labnic *nic, struct labnic_stream *stream, u32 seq, u8 *data,
				       unsigned int length, bool *ask);
bool labnic_stream_answer(struct labnic_stream *stream, u32 seq, u64 record);
void labnic_stream_hint(struct labnic_stream *stream, u32 seq, u64 record);

/* counters.c */
int labnic_counters_init(void);
extern const struct ethtool_ops labnic_ethtool_ops;
int labnic_get_sset_count(struct net_device *dev, int set);
void labnic_get_strings(struct net_device *dev, u32 set, u8 *text);
void labnic_get_stats(struct net_device *dev, struct ethtool_stats *stats, u64 *values);

/* The parameters, see README.md. */
extern unsigned int labnic_max_queues;
extern int labnic_speed;
extern bool labnic_rx_search;

#endif
