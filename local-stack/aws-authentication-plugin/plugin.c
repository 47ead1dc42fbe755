/*
 * SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: the dblease authors
 *
 * RDS's AWSAuthenticationPlugin, modelled for the servers of the local stack: it asks the client for its token in clear
 * text and asks a socket of the local stack whether AWS would let it in. It judges nothing itself; where nobody answers,
 * nobody comes in. The licence is MIT because the file is loaded into servers that are GPL-2.0.
 *
 * It needs no header of any server: the structs below are written out from their documentation. MySQL and MariaDB want
 * different ones under different symbols, and MariaDB would take MySQL's for its own and crash where it found those
 * alone, so this one file has both. It is loaded only into versions that it was tried on (iam-plugin.ts).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { authentication_plugin = 7, licence_gpl = 1, experimental = 1 };
enum { let_in = -1, refuse = 0 };

/* What the server calls back: struct st_plugin_vio. */
struct vio {
  int (*read_packet)(struct vio *, unsigned char **);
  int (*write_packet)(struct vio *, const unsigned char *, int);
  void (*info)(struct vio *, void *);
};

/* The beginning of MYSQL_SERVER_AUTH_INFO, the same on both servers. */
struct login {
  const char *user_name;
  unsigned int user_name_length;
};

/* `write` may take a part only; a server that ends meanwhile must not take this one along, hence no signal. */
static int say(int to, const char *text, size_t length) {
  while (length > 0) {
    ssize_t said = send(to, text, length, MSG_NOSIGNAL);
    if (said <= 0) return 0;
    text += said;
    length -= (size_t)said;
  }
  return 1;
}

/* One question is `user NUL token NUL`, the answer one letter, `y` or anything else. */
static int judged(const struct login *login, const char *token, size_t length) {
  const char *path = getenv("DBLEASE_IAM_JUDGE");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  /* A judge that hangs must not hold the login for ever. */
  struct timeval patience = {.tv_sec = 8};
  char answer = 'n';
  int judge;
  if (path == NULL || strlen(path) >= sizeof address.sun_path) return 0;
  strcpy(address.sun_path, path);
  judge = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (judge < 0) return 0;
  setsockopt(judge, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(judge, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(judge, (struct sockaddr *)&address, sizeof address) != 0 ||
      !say(judge, login->user_name, login->user_name_length) || !say(judge, "", 1) ||
      !say(judge, token, length) || !say(judge, "", 1) || recv(judge, &answer, 1, 0) != 1)
    answer = 'n';
  close(judge);
  return answer == 'y';
}

/* The client's plugin mysql_clear_password sends the token and a NUL. A NUL within it would be a second answer. */
static int authenticate(struct vio *vio, struct login *login) {
  unsigned char *packet;
  int length = vio->read_packet(vio, &packet);
  if (length < 2 || packet[length - 1] != 0 || memchr(packet, 0, (size_t)length - 1) != NULL) return refuse;
  return judged(login, (const char *)packet, (size_t)length - 1) ? let_in : refuse;
}

static const char name[] = "AWSAuthenticationPlugin";
static const char author[] = "dblease";
static const char description[] = "IAM logins of the local stack";
static const char client_plugin[] = "mysql_clear_password";

/* MySQL 8.0: struct st_mysql_auth, interface 2.1, and struct st_mysql_plugin, interface 1.10. */

/* The server stores what stands behind AS as it is ('RDS'). */
static int keep(char *out, unsigned int *out_length, const char *in, unsigned int length) {
  if (*out_length < length) return 1;
  memcpy(out, in, length);
  *out_length = length;
  return 0;
}

static int is_fine(char *text, unsigned int length) {
  (void)text;
  (void)length;
  return 0;
}

static int no_salt(const char *text, unsigned int length, unsigned char *salt, unsigned char *salt_length) {
  (void)text;
  (void)length;
  (void)salt;
  *salt_length = 0;
  return 0;
}

static struct {
  int interface_version;
  const char *client_auth_plugin;
  int (*authenticate_user)(struct vio *, struct login *);
  int (*generate_authentication_string)(char *, unsigned int *, const char *, unsigned int);
  int (*validate_authentication_string)(char *, unsigned int);
  int (*set_salt)(const char *, unsigned int, unsigned char *, unsigned char *);
  unsigned long authentication_flags;
  void *compare_password_with_hash;
} mysql_auth = {0x0201, client_plugin, authenticate, keep, is_fine, no_salt, 0, NULL};

struct mysql_plugin {
  int type;
  void *info;
  const char *name, *author, *description;
  int licence;
  void *init, *check_uninstall, *deinit;
  unsigned int version;
  void *status_variables, *system_variables, *reserved;
  unsigned long flags;
};

int _mysql_plugin_interface_version_ = 0x010A;
int _mysql_sizeof_struct_st_plugin_ = sizeof(struct mysql_plugin);
struct mysql_plugin _mysql_plugin_declarations_[] = {
    {.type = authentication_plugin,
     .info = &mysql_auth,
     .name = name,
     .author = author,
     .description = description,
     .licence = licence_gpl,
     .version = 0x0100},
    {0}};

/* MariaDB: its own struct st_mysql_auth, interface 2.2, and struct st_maria_plugin, interface 1.15. */

static struct {
  int interface_version;
  const char *client_auth_plugin;
  int (*authenticate_user)(struct vio *, struct login *);
  void *hash_password, *preprocess_hash;
} mariadb_auth = {0x0202, client_plugin, authenticate, NULL, NULL};

struct mariadb_plugin {
  int type;
  void *info;
  const char *name, *author, *description;
  int licence;
  void *init, *deinit;
  unsigned int version;
  void *status_variables, *system_variables;
  const char *version_text;
  unsigned int maturity;
};

int _maria_plugin_interface_version_ = 0x010f;
int _maria_sizeof_struct_st_plugin_ = sizeof(struct mariadb_plugin);
struct mariadb_plugin _maria_plugin_declarations_[] = {
    {.type = authentication_plugin,
     .info = &mariadb_auth,
     .name = name,
     .author = author,
     .description = description,
     .licence = licence_gpl,
     .version = 0x0100,
     .version_text = "1.0",
     .maturity = experimental},
    {0}};
