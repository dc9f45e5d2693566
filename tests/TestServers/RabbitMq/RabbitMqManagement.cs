using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Orchestrator.TestServers.RabbitMq;

/// <summary>The broker's management API, as an operator's console sees it.</summary>
public sealed class RabbitMqManagement : IDisposable
{
    private readonly Uri _amqp;
    private readonly HttpClient _http;

    internal RabbitMqManagement(Uri amqp, Uri http)
    {
        _amqp = amqp;
        _http = new HttpClient { BaseAddress = new Uri(http, "/api/"), Timeout = TimeSpan.FromSeconds(20) };
        var login = amqp.UserInfo.Length > 0 ? Uri.UnescapeDataString(amqp.UserInfo) : "guest:guest";
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
    }

    /// <summary>Reads, for example <c>queues/vhost</c>.</summary>
    public Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Writes.</summary>
    public async Task PutAsync(string path, object body)
    {
        using var response = await _http.PutAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Posts and reads the answer.</summary>
    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Deletes.</summary>
    public async Task DeleteAsync(string path)
    {
        using var response = await _http.DeleteAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    internal async Task<string> VersionAsync() => (await GetAsync("overview")).GetProperty("rabbitmq_version").GetString()!;

    internal async Task<bool> IsUpAsync(int? port = null)
    {
        using var response = await _http.GetAsync(new Uri($"health/checks/port-listener/{port ?? _amqp.Port}", UriKind.Relative));
        return response.IsSuccessStatusCode;
    }

    internal async Task<RabbitMqVhost> NewVhostAsync()
    {
        var name = $"t{Guid.NewGuid():N}";
        var user = Uri.UnescapeDataString(_amqp.UserInfo.Split(':')[0]);
        await PutAsync($"vhosts/{name}", new { });
        await PutAsync($"permissions/{name}/{user}", new { configure = ".*", write = ".*", read = ".*" });
        return new RabbitMqVhost(name, new Uri($"{_amqp.GetLeftPart(UriPartial.Authority)}/{name}"), this);
    }
}
