"""Sentences of the package's events."""

from huoshui.audit.kinds import register
from huoshui.kernel.text import Text

register(
    {
        "ORGANISATION_CREATED": Text("新建机构“{name}”", "Created organisation “{name}”"),
        "PERSON_CREATED": Text("新建人员“{name}”（{username}）", "Created person “{name}” ({username})"),
        "PERSON_CLOSED": Text("停用账号 {username}", "Closed the account {username}"),
        "PERSON_REOPENED": Text("恢复账号 {username}", "Opened the account {username} again"),
        "OWNER_CREATED": Text("手机号 {phone} 首次登录，建立企业用户", "First sign-in of phone {phone}: account made"),
        "ROLE_GRANTED": Text("授予 {username} 角色 {role}", "Granted {username} the role {role}"),
        "ROLE_ENDED": Text("收回 {username} 的角色 {role}", "Took the role {role} from {username}"),
        "PASSWORD_SET": Text("为 {username} 重设密码", "Set a new password for {username}"),
        "PASSWORD_CHANGED": Text("{username} 更换密码", "{username} changed the password"),
        "FACTOR_ADDED": Text("{username} 绑定第二验证方式（{factor}）", "{username} added a second factor ({factor})"),
        "FACTOR_REMOVED": Text(
            "{username} 移除第二验证方式（{factor}）", "{username} removed a second factor ({factor})"
        ),
        "FACTOR_RESET": Text(
            "清除 {username} 的第二验证方式 {removed} 项", "Removed {removed} second factors of {username}"
        ),
        "SIGNED_IN": Text("{username} 登录（{method}）", "{username} signed in ({method})"),
        "SIGNED_OUT": Text("{username} 退出", "{username} signed out"),
        "SIGN_IN_FAILED": Text(
            "{username} 密码错误（第 {attempts} 次）", "Wrong password for {username} (try {attempts})"
        ),
        "SIGNED_OUT_EVERYWHERE": Text("结束 {username} 的所有登录", "Ended every session of {username}"),
        "ACCOUNT_LOCKED": Text("锁定 {username} 至 {until}", "Locked {username} until {until}"),
        "ACCOUNT_UNLOCKED": Text("解锁 {username}", "Unlocked {username}"),
        "CODE_SENT": Text("向 {phone} 发送验证码（{purpose}）", "Sent a code to {phone} ({purpose})"),
        "CODE_REFUSED": Text("{phone} 验证码错误，余 {left} 次", "Wrong code for {phone}, {left} tries left"),
        "NOTICE_REWORDED": Text(
            "通知模板 {template} 改为第 {version} 版", "Notice {template} reworded, version {version}"
        ),
        "QUIET_HOURS_SET": Text("免打扰时段 {begins}–{ends}", "Quiet hours {begins}–{ends}"),
        "ACCESS_REFUSED": Text("无权打开页面 {page}", "Refused the page {page}"),
        "LANGUAGE_CHOSEN": Text("选择语言 {language}", "Chose the language {language}"),
        "DATA_REKEYED": Text("{count} 项加密内容换用新密钥", "{count} encrypted values now under the newest key"),
    }
)
