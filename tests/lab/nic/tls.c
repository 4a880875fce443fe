// SPDX-License-Identifier: GPL-2.0
/* The sockets that are offloaded to an end; encryption of their outgoing and decryption of their incoming packets. */
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "labnic.h"

static int add_errno;
module_param_named(tls_add_errno, add_errno, int, 0644);
MODULE_PARM_DESC(tls_add_errno, "tls_dev_add fails with this error (0: it succeeds)");
static uint add_every = 1;
module_param_named(tls_add_every, add_every, uint, 0644);
MODULE_PARM_DESC(tls_add_every, "with tls_add_errno: only every N-th call fails");
static uint add_directions = 3;
module_param_named(tls_add_directions, add_directions, uint, 0644);
MODULE_PARM_DESC(tls_add_directions, "with tls_add_errno: 1: transmit fails, 2: receive, 3: both");
static uint most_contexts;
module_param_named(tls_max, most_contexts, uint, 0644);
MODULE_PARM_DESC(tls_max, "maximum number of offloaded directions of connections per end, then ENOSPC (0: no limit)");
static bool gcm_256 = true;
module_param_named(tls_gcm256, gcm_256, bool, 0644);
MODULE_PARM_DESC(tls_gcm256, "support AES-256-GCM besides AES-128-GCM");
static bool bytes_are_packets;
module_param_named(tls_bytes_are_packets, bytes_are_packets, bool, 0644);
MODULE_PARM_DESC(tls_bytes_are_packets, "byte counters count packets");
bool labnic_rx_search = true;
module_param_named(rx_search, labnic_rx_search, bool, 0444);
MODULE_PARM_DESC(
	rx_search,
	"a stream that lost synchronisation searches for a record and asks the stack; otherwise waits for a hint");

struct labnic_tuple {
	struct in6_addr local, remote; /* IPv4 as mapped addresses */
	__be16 local_port, remote_port;
};

struct labnic_flow {
	struct hlist_node node;
	struct rcu_head rcu;
	spinlock_t lock;
	struct sock *sock; /* NULL after tls_dev_del */
	struct labnic_tuple tuple;
	struct labnic_stream stream;
};

/* The driver state that the stack stores with each offloaded socket. */
struct labnic_tx_state {
	u32 next;
};

struct labnic_rx_state {
	struct labnic_flow *flow;
};

static struct labnic_tx_state *tx_state(struct tls_context *context)
{
	BUILD_BUG_ON(sizeof(struct labnic_tx_state) > TLS_DRIVER_STATE_SIZE_TX);
	return __tls_driver_ctx(context, TLS_OFFLOAD_CTX_DIR_TX);
}

static struct labnic_rx_state *rx_state(struct tls_context *context)
{
	BUILD_BUG_ON(sizeof(struct labnic_rx_state) > TLS_DRIVER_STATE_SIZE_RX);
	return __tls_driver_ctx(context, TLS_OFFLOAD_CTX_DIR_RX);
}

static u32 hash_of(const struct labnic_tuple *tuple)
{
	return jhash(tuple, sizeof(*tuple), 0);
}

static void tuple_of(const struct sock *sock, struct labnic_tuple *tuple)
{
	memset(tuple, 0, sizeof(*tuple));
	tuple->local_port = inet_sk(sock)->inet_sport;
	tuple->remote_port = inet_sk(sock)->inet_dport;
#if IS_ENABLED(CONFIG_IPV6)
	if (sock->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sock->sk_v6_daddr)) {
		tuple->local = sock->sk_v6_rcv_saddr;
		tuple->remote = sock->sk_v6_daddr;
		return;
	}
#endif
	ipv6_addr_set_v4mapped(inet_sk(sock)->inet_rcv_saddr, &tuple->local);
	ipv6_addr_set_v4mapped(inet_sk(sock)->inet_daddr, &tuple->remote);
}

/* --- Contexts --------------------------------------------------------------------------------- */

static int refused(struct labnic *nic, enum tls_offload_ctx_dir direction)
{
	uint bit = direction == TLS_OFFLOAD_CTX_DIR_TX ? 1 : 2;
	uint every = max(READ_ONCE(add_every), 1U);

	if (!READ_ONCE(add_errno) || !(READ_ONCE(add_directions) & bit))
		return 0;
	return (uint)atomic_inc_return(&nic->adds) % every ? 0 : -abs(READ_ONCE(add_errno));
}

static bool can_do(const struct tls_crypto_info *info)
{
	if (info->version != TLS_1_2_VERSION)
		return false;
	return info->cipher_type == TLS_CIPHER_AES_GCM_128 ||
	       (READ_ONCE(gcm_256) && info->cipher_type == TLS_CIPHER_AES_GCM_256);
}

static int add_flow(struct labnic *nic, struct sock *sock, const struct tls_crypto_info *info, u32 start)
{
	struct labnic_flow *flow = kzalloc(sizeof(*flow), GFP_KERNEL);
	int error;

	if (!flow)
		return -ENOMEM;
	error = labnic_stream_init(&flow->stream, info, start);
	if (error) {
		kfree(flow);
		return error;
	}
	spin_lock_init(&flow->lock);
	flow->sock = sock;
	tuple_of(sock, &flow->tuple);
	if (labnic_rx_search)
		tls_offload_rx_resync_set_type(sock, TLS_OFFLOAD_SYNC_TYPE_DRIVER_REQ);
	else
		tls_offload_rx_resync_set_type(sock, TLS_OFFLOAD_SYNC_TYPE_CORE_NEXT_HINT);
	rx_state(tls_get_ctx(sock))->flow = flow;
	spin_lock_bh(&nic->flows_lock);
	hash_add_rcu(nic->flows, &flow->node, hash_of(&flow->tuple));
	spin_unlock_bh(&nic->flows_lock);
	return 0;
}

static int labnic_tls_add(struct net_device *dev, struct sock *sock, enum tls_offload_ctx_dir direction,
			  struct tls_crypto_info *info, u32 start)
{
	struct labnic *nic = netdev_priv(dev);
	int error = refused(nic, direction);

	if (error)
		return error;
	if (!can_do(info))
		return -EOPNOTSUPP;
	if (READ_ONCE(most_contexts) && atomic_read(&nic->contexts) >= READ_ONCE(most_contexts)) {
		labnic_count(nic, NO_SPACE);
		return -ENOSPC;
	}
	if (direction == TLS_OFFLOAD_CTX_DIR_TX) {
		tx_state(tls_get_ctx(sock))->next = start;
	} else {
		error = add_flow(nic, sock, info, start);
		if (error)
			return error;
	}
	atomic_inc(&nic->contexts);
	labnic_count(nic, direction == TLS_OFFLOAD_CTX_DIR_TX ? TX_CONTEXTS : RX_CONTEXTS);
	return 0;
}

static void free_flow(struct rcu_head *head)
{
	struct labnic_flow *flow = container_of(head, struct labnic_flow, rcu);

	labnic_stream_free(&flow->stream);
	kfree_sensitive(flow);
}

static void labnic_tls_del(struct net_device *dev, struct tls_context *context, enum tls_offload_ctx_dir direction)
{
	struct labnic *nic = netdev_priv(dev);

	atomic_dec(&nic->contexts);
	labnic_count(nic, direction == TLS_OFFLOAD_CTX_DIR_TX ? TX_DELETED : RX_DELETED);
	if (direction == TLS_OFFLOAD_CTX_DIR_RX) {
		struct labnic_flow *flow = rx_state(context)->flow;

		spin_lock_bh(&nic->flows_lock);
		hash_del_rcu(&flow->node);
		spin_unlock_bh(&nic->flows_lock);
		spin_lock_bh(&flow->lock);
		flow->sock = NULL;
		spin_unlock_bh(&flow->lock);
		call_rcu(&flow->rcu, free_flow);
	}
}

/*
 * The sequence number of an answer is that of the last byte of a header, as in the request. That of a hint is the first
 * byte of a record.
 */
static int labnic_tls_resync(struct net_device *dev, struct sock *sock, u32 seq, u8 *number,
			     enum tls_offload_ctx_dir direction)
{
	struct labnic *nic = netdev_priv(dev);
	struct labnic_flow *flow;
	bool useful = true;
	__be64 record;

	if (direction == TLS_OFFLOAD_CTX_DIR_TX)
		return 0; /* never requested: each packet is encrypted from the stack's copy of its record */
	memcpy(&record, number, sizeof(record));
	flow = rx_state(tls_get_ctx(sock))->flow;
	spin_lock_bh(&flow->lock);
	if (labnic_rx_search)
		useful = labnic_stream_answer(&flow->stream, seq - (TLS_HEADER_SIZE - 1), be64_to_cpu(record));
	else
		labnic_stream_hint(&flow->stream, seq, be64_to_cpu(record));
	spin_unlock_bh(&flow->lock);
	if (useful && labnic_rx_search)
		labnic_count(nic, RX_RESYNC_ENDED);
	labnic_count(nic, useful ? RX_RESYNC_OK : RX_RESYNC_IGNORED);
	return 0;
}

const struct tlsdev_ops labnic_tls_ops = {
	.tls_dev_add = labnic_tls_add,
	.tls_dev_del = labnic_tls_del,
	.tls_dev_resync = labnic_tls_resync,
};

static unsigned int as_counted(unsigned int packets, unsigned int bytes)
{
	return READ_ONCE(bytes_are_packets) ? packets : bytes;
}

/* --- Transmit --------------------------------------------------------------------------------- */

static bool is_offloaded(struct sk_buff *skb, const struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	if (!tls_is_skb_tx_device_offloaded(skb))
		return false;
#else
	if (!skb->sk || !tls_is_sk_tx_device_offloaded(skb->sk))
		return false;
#endif
	/* For a socket that is offloaded to another device, the stack has encrypted already. */
	return rcu_dereference_bh(tls_get_ctx(skb->sk)->netdev) == dev;
}

/* Returns the packet for the wire: encrypted, or unchanged, or NULL if it must not be sent. */
struct sk_buff *labnic_tls_encrypt(struct labnic *nic, struct labnic_tx_queue *queue, struct sk_buff *skb)
{
	unsigned int payload, packets;
	struct labnic_tx_state *state;
	struct sk_buff *encrypted;
	u32 seq;

	if (!is_offloaded(skb, nic->dev))
		return skb;
	payload = skb->len - skb_tcp_all_headers(skb);
	if (!payload)
		return skb;
	seq = ntohl(tcp_hdr(skb)->seq);
	packets = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
	state = tx_state(tls_get_ctx(skb->sk));
	if (seq != READ_ONCE(state->next))
		labnic_count(nic, TX_OUT_OF_ORDER);
	if (after(seq + payload, READ_ONCE(state->next)))
		WRITE_ONCE(state->next, seq + payload);

	encrypted = tls_encrypt_skb(skb);
	if (!encrypted) {
		labnic_count(nic, TX_DROPPED); /* the record was acknowledged meanwhile */
		return NULL;
	}
	if (encrypted == skb) {
		labnic_count(nic, TX_SKIPPED); /* data from before the switch to TLS */
		return skb;
	}
	encrypted->prev = NULL;
	atomic64_add(packets, &nic->count[TX_ENCRYPTED_PACKETS]);
	atomic64_add(as_counted(packets, payload), &nic->count[TX_ENCRYPTED_BYTES]);
	atomic64_add(packets, &queue->tls_packets);
	atomic64_add(as_counted(packets, payload), &queue->tls_bytes);
	return encrypted;
}

/* --- Receive ---------------------------------------------------------------------------------- */

/* Returns the length of a frame's TCP payload, 0 if there is none. frame->data is at the network header. */
static unsigned int payload_of(const struct sk_buff *frame, struct labnic_tuple *tuple, u32 *seq, u8 **payload)
{
	unsigned int headers, end;
	const struct tcphdr *tcp;

	memset(tuple, 0, sizeof(*tuple));
	if (frame->protocol == htons(ETH_P_IP) && frame->len >= sizeof(struct iphdr)) {
		const struct iphdr *ip = (const void *)frame->data;

		if (ip->version != 4 || ip->protocol != IPPROTO_TCP || ip->frag_off & htons(IP_MF | IP_OFFSET))
			return 0;
		headers = ip->ihl * 4;
		end = ntohs(ip->tot_len);
		ipv6_addr_set_v4mapped(ip->daddr, &tuple->local);
		ipv6_addr_set_v4mapped(ip->saddr, &tuple->remote);
	} else if (frame->protocol == htons(ETH_P_IPV6) && frame->len >= sizeof(struct ipv6hdr)) {
		const struct ipv6hdr *ip = (const void *)frame->data;

		if (ip->version != 6 || ip->nexthdr != IPPROTO_TCP)
			return 0;
		headers = sizeof(*ip);
		end = headers + ntohs(ip->payload_len);
		tuple->local = ip->daddr;
		tuple->remote = ip->saddr;
	} else {
		return 0;
	}
	if (end > frame->len || headers + sizeof(*tcp) > end)
		return 0;
	tcp = (const void *)(frame->data + headers);
	headers += tcp->doff * 4;
	if (headers >= end)
		return 0;
	tuple->local_port = tcp->dest;
	tuple->remote_port = tcp->source;
	*seq = ntohl(tcp->seq);
	*payload = frame->data + headers;
	return end - headers;
}

static struct labnic_flow *find_flow(struct labnic *nic, const struct labnic_tuple *tuple)
{
	struct labnic_flow *flow;

	hash_for_each_possible_rcu(nic->flows, flow, node, hash_of(tuple))
		if (!memcmp(&flow->tuple, tuple, sizeof(*tuple)))
			return flow;
	return NULL;
}

/* The frame has a verified checksum, is linear, and may be modified. */
void labnic_tls_decrypt(struct labnic *nic, struct labnic_rx_queue *queue, struct sk_buff *frame)
{
	enum labnic_verdict verdict = AS_IT_IS;
	struct labnic_tuple tuple;
	struct labnic_flow *flow;
	unsigned int length;
	u8 *payload;
	bool ask;
	u32 seq;

	length = payload_of(frame, &tuple, &seq, &payload);
	if (!length)
		return;
	rcu_read_lock();
	flow = find_flow(nic, &tuple);
	if (flow) {
		spin_lock_bh(&flow->lock);
		if (flow->sock) {
			verdict = labnic_stream_take(nic, &flow->stream, seq, payload, length, &ask);
			if (ask) {
				labnic_count(nic, RX_RESYNC_PACKETS);
				labnic_count(nic, RX_RESYNC_STARTED);
				tls_offload_rx_resync_request(flow->sock,
							      htonl(flow->stream.asked + TLS_HEADER_SIZE - 1));
			}
		}
		spin_unlock_bh(&flow->lock);
	}
	rcu_read_unlock();
	if (verdict == AS_IT_IS)
		return;
	frame->decrypted = 1;
	labnic_count(nic, RX_DECRYPTED_PACKETS);
	atomic64_add(as_counted(1, length), &nic->count[RX_DECRYPTED_BYTES]);
	atomic64_inc(&queue->tls_packets);
	atomic64_add(as_counted(1, length), &queue->tls_bytes);
}
