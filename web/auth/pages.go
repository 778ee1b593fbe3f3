package auth

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// style is shared by the pages: system fonts, large enough to read, no colour
// alone.
const style = `body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}label{display:block;margin:.8rem 0}input,select,textarea{font:inherit;padding:.35rem .5rem;border:1px solid #8794a3;border-radius:4px;max-width:100%}
input,textarea{width:22rem}input[type=checkbox]{width:auto}td input{width:100%;box-sizing:border-box}td:first-child{min-width:7rem}button{font:inherit;padding:.4rem 1.1rem;border:1px solid #274b6d;border-radius:4px;background:#274b6d;color:#fff;cursor:pointer}
a.button{display:inline-block;padding:.4rem 1.1rem;border:1px solid #274b6d;border-radius:4px;color:#274b6d;text-decoration:none}button.plain{background:#fff;color:#274b6d}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d5dbe2;vertical-align:top}
[role=alert]{border-left:4px solid #b2182b;padding:.5rem .8rem;background:#fdf1ef}[role=status]{border-left:4px solid #2166ac;padding:.5rem .8rem;background:#eef4fb}
code{font-family:ui-monospace,Consolas,monospace;word-break:break-all}small{color:#55606c}form.inline{display:inline}td form{margin:.3rem 0}
:focus-visible{outline:3px solid #2166ac;outline-offset:2px}
@media (prefers-color-scheme:dark){:root{color-scheme:dark}body{color:#e8edf2;background:#151b22}input,select,textarea{color:inherit;background:#1f2731}
button{color:#0b1f33;background:#8fc1f5;border-color:#8fc1f5}a,a.button,button.plain{color:#8fc1f5}a.button,button.plain{background:none;border-color:#8fc1f5}
th,td{border-color:#3a4653}[role=alert]{background:#3a1f1c}[role=status]{background:#1b2c40}small{color:#b3bec9}:focus-visible{outline-color:#8fc1f5}}
`

const head = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/pages.css">`

const messages = `{{with .Fault}}<p role="alert">{{.}}</p>{{end}}{{with .Done}}<p role="status">{{.}}</p>{{end}}`

func page(name, body string) *template.Template {
	return template.Must(template.New(name).Parse(head + body + "</html>\n"))
}

var signInPage = page("sign-in", `
<title>登录 · 云格</title><main><h1>登录云格 <small lang="en">Sign in</small></h1>`+messages+`
<form method="post" action="/sign-in">
<input type="hidden" name="csrf" value="{{.CSRF}}"><input type="hidden" name="next" value="{{.Next}}">
<label>账号<br><input name="name" autocomplete="username" autocapitalize="none" required maxlength="64" value="{{.Name}}"></label>
<label>口令<br><input name="password" type="password" autocomplete="current-password" required maxlength="256"></label>
<button>登录</button></form>
{{if .Identity}}{{if .Away}}<p role="status">统一身份认证暂时连不上，仍可用上面的账号登录。The identity provider does not answer; accounts above still work.</p>{{end}}
<p><a class="button" href="/sign-in/oidc?next={{.Next}}">用统一身份认证登录 <small lang="en">Single sign-on</small></a></p>{{end}}
<p><small>忘记口令请找本单位管理员重置。Ask your admin to reset a lost password.</small></p></main>`)

var strangerPage = page("stranger", `
<title>没有账号 · 云格</title><main><h1>没有账号，请联系管理员 <small lang="en">No account here</small></h1>
<p>统一身份认证已确认您的身份，但本系统没有与之对应的账号，也没有为您建立任何账号。</p>
<p>请把下面的标识交给本单位管理员，由他关联到您的账号：<br><code>{{.Subject}}</code></p>
<p lang="en">You are known to the identity provider, but not here, and no account was made. Give the identifier above to your admin.</p>
<p><a href="/sign-in">返回登录</a> · <a href="/">返回地图</a></p></main>`)

var setupPage = page("setup", `
<title>建立管理员 · 云格</title><main><h1>建立第一个管理员 <small lang="en">First admin</small></h1>`+messages+`
{{if .Usable}}<form method="post"><input type="hidden" name="csrf" value="{{.CSRF}}">
<label>账号（字母、数字，用于登录）<br><input name="name" autocomplete="username" autocapitalize="none" required maxlength="64" value="{{.Name}}"></label>
<label>显示名，如 张三（信息办）<br><input name="title" maxlength="64" value="{{.Title}}"></label>
<label>口令（至少 10 个字符）<br><input name="password" type="password" autocomplete="new-password" required maxlength="256"></label>
<label>再输一次<br><input name="again" type="password" autocomplete="new-password" required maxlength="256"></label>
<button>建立</button></form>{{end}}</main>`)

var accountPage = page("account", `
<title>我的账号 · 云格</title><main><h1>{{.Shown}}</h1>`+messages+`
<p>账号 <code>{{.Name}}</code>；权限：{{range .Grants}}<code>{{.}}</code> {{else}}无{{end}}</p>
<p><a href="/">返回地图</a>{{if .Admin}} · <a href="/admin">账号与密钥管理</a> · <a href="/admin/settings">本图设置</a>{{end}}</p>
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="{{.CSRF}}"><button class="plain">退出登录</button></form>
<h2>修改口令</h2><form method="post" action="/account/password"><input type="hidden" name="csrf" value="{{.CSRF}}">
<label>现在的口令<br><input name="old" type="password" autocomplete="current-password" required maxlength="256"></label>
<label>新口令（至少 10 个字符）<br><input name="password" type="password" autocomplete="new-password" required maxlength="256"></label>
<label>再输一次<br><input name="again" type="password" autocomplete="new-password" required maxlength="256"></label>
<button>修改</button> <small>其他设备上的登录会同时退出。</small></form></main>`)

var adminPage = page("admin", `
<title>账号与密钥 · 云格</title><main><h1>账号与密钥 <small lang="en">Accounts and keys</small></h1>
<p><a href="/account">我的账号</a> · <a href="/admin/settings">本图设置</a> · <a href="/">返回地图</a></p>`+messages+`
{{with .Secret}}<p role="status">请立即抄下，此后不再显示：<br><code>{{.}}</code></p>{{end}}
<h2>账号</h2><table><thead><tr><th>账号<th>状态<th>权限（每行一条：角色、角色:网 或 角色:网:网格编码）<th>操作</tr></thead><tbody>
{{range .Accounts}}<tr><td><code>{{.Name}}</code><br>{{.Title}}<td>{{.State}}
<td><form method="post" action="/admin/accounts/{{.ID}}"><input type="hidden" name="csrf" value="{{$.CSRF}}"><input type="hidden" name="version" value="{{.Version}}">
<textarea name="grants" rows="2" aria-label="{{.Name}} 的权限">{{.Grants}}</textarea><br><button name="do" value="grants">保存权限</button></form>
<td><form method="post" action="/admin/accounts/{{.ID}}"><input type="hidden" name="csrf" value="{{$.CSRF}}"><input type="hidden" name="version" value="{{.Version}}">
{{if .Disabled}}<button class="plain" name="do" value="enable">启用</button>{{else}}<button class="plain" name="do" value="disable">停用</button>{{end}}
<button class="plain" name="do" value="unlock">解锁</button> <button class="plain" name="do" value="reset">重置口令</button></form>
{{if $.Identity}}<form method="post" action="/admin/accounts/{{.ID}}"><input type="hidden" name="csrf" value="{{$.CSRF}}"><input type="hidden" name="version" value="{{.Version}}">
<input name="subject" value="{{.Subject}}" maxlength="255" aria-label="{{.Name}} 的统一身份标识 sub" placeholder="统一身份标识 sub"> <button class="plain" name="do" value="link">关联</button></form>{{end}}</tr>{{end}}
</tbody></table>
<h2>新账号</h2><form method="post" action="/admin/accounts"><input type="hidden" name="csrf" value="{{.CSRF}}">
<label>账号<br><input name="name" autocapitalize="none" required maxlength="64"></label><label>显示名<br><input name="title" maxlength="64"></label>
<label>权限<br><textarea name="grants" rows="2" placeholder="planner:main:A-12"></textarea></label><button>建立，并显示初始口令</button></form>
<p><small>角色：{{range .Roles}}<code>{{.Role}}</code> {{.Name}}；{{end}}</small></p>
<h2>接口密钥</h2><table><thead><tr><th>密钥<th>用途<th>权限<th>每分钟<th>到期<th>最近使用<th>状态</tr></thead><tbody>
{{range .Keys}}<tr><td><code>cg_{{.ID}}_…</code><td>{{.Label}}<td>{{.Grants}}<td>{{.PerMinute}}<td>{{.Expires}}<td>{{.Used}}
<td>{{.State}}{{if .Live}}<form method="post" action="/admin/keys/{{.ID}}/revoke"><input type="hidden" name="csrf" value="{{$.CSRF}}"><button class="plain">吊销</button></form>{{end}}</tr>{{end}}
</tbody></table>
<h2>新密钥</h2><form method="post" action="/admin/keys"><input type="hidden" name="csrf" value="{{.CSRF}}">
<label>用途（哪个单位的哪个程序）<br><input name="label" required maxlength="100"></label><label>权限<br><textarea name="grants" rows="2">app</textarea></label>
<label>有效天数（空为一年）<br><input name="days" inputmode="numeric"></label><label>每分钟请求数（空为默认）<br><input name="per_minute" inputmode="numeric"></label><button>签发</button></form></main>`)

// show answers with a page that nobody else may keep.
func show(c echo.Context, status int, t *template.Template, data any) error {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.HTML(status, b.String())
}

func (g *Gate) stylesheet(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", []byte(style))
}
